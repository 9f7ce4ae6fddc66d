using System.Text.Json;
using LongT5.Data;
using LongT5.Formats;

namespace LongT5.Training;

/// <summary>What takes a model into a domain: a run on its texts, and perhaps one on examples of a task behind it.
/// </summary>
/// <remarks>Each is a run like any other; the second goes on from what the first leaves.</remarks>
public sealed record Adaptation
{
    const string FileName = "adaptation.json", Before = "domain";

    /// <summary>The run on texts.</summary>
    public required TrainingOptions Domain { get; init; }

    /// <summary>The run on examples; null for none.</summary>
    public TrainingOptions? Then { get; init; }

    /// <summary>The folder of all.</summary>
    internal string Output => (Then ?? Domain).Output;

    /// <summary>The same in a folder: the last run's result stands there, that of one before it in a folder within.
    /// </summary>
    internal Adaptation In(string output)
    {
        if (Then is null) return this with { Domain = Domain with { Output = output } };
        var domain = Domain with { Output = Path.Combine(output, Before) };
        return new()
        {
            Domain = domain,
            Then = Then with
            {
                Output = output,
                From = domain.Adapter is null ? domain.Output : domain.From,
                Adapter = domain.Adapter is null ? null : domain.Adapter with { From = domain.Output },
            },
        };
    }

    /// <summary>The adaptation that a folder was begun with; null where it holds none.</summary>
    internal static Adaptation? Begun(string output)
    {
        var path = Path.Combine(output, FileName);
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<Adaptation>(File.ReadAllBytes(path), TrainingOptions.Json)!.In(output);
        }
        catch (JsonException bad)
        {
            throw new BadFileException(path, bad.Message, cause: bad);
        }
    }

    /// <summary>Takes the runs, one after the other.</summary>
    /// <param name="resume">Whether they go on where they stopped.</param>
    /// <returns>The exit code.</returns>
    internal int Run(bool resume)
    {
        // What is wrong with the second run is told before the first is taken.
        if (Then is not null)
            using (new Recipe(Then with { From = Domain.From, Adapter = Domain.Adapter })) { }
        var ended = Then is not null && resume && ResultFiles.Stand(Domain.Output);
        var code = ended ? 0 : TrainCommand.Run(Domain, resume, begun: Write);
        return code != 0 || Then is null ? code : TrainCommand.Run(Then, resume);
    }

    void Write() => FileReplacement.Write(Path.Combine(Output, FileName), stream => JsonSerializer.Serialize(stream,
        new Adaptation { Domain = Domain.WithFullPaths(), Then = Then?.WithFullPaths() }, TrainingOptions.Json));
}
