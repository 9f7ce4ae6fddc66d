using System.Text.RegularExpressions;
using LongT5.Formats;
using LongT5.Tasks.Labelling;

namespace LongT5.Tasks;

/// <summary>How many tokens a model was trained to read, and where that is said.</summary>
/// <remarks>
/// Asked in this order: <c>max_input_tokens</c> among the task parameters of <c>config.json</c>,
/// <c>model_max_length</c> in <c>tokenizer_config.json</c> (not the 1e30 that stands for none, and not the 512 that a
/// LongT5 has from T5's own tokenizer), and a power of two from 1,024 on, or 1k and more, in the model's name. LongT5's
/// positions are relative: it reads more than that too, but nobody has taught it to.
/// </remarks>
/// <param name="Tokens">How many, from 2 on.</param>
/// <param name="Source">What says so, for people.</param>
public sealed partial record TrainedLength(int Tokens, string Source)
{
    private const int OfT5 = 512, Most = 1 << 24;

    /// <summary>What an open checkpoint says; null where it says nothing.</summary>
    /// <exception cref="BadFileException">A file is not JSON, or a number there is none.</exception>
    public static TrainedLength? Of(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var asked = checkpoint.Head.GivesLabels()
            ? HeadTask.Read(new(checkpoint.ConfigFields, checkpoint.Path), checkpoint.Head).MaxInputTokens
            : SummaryTask.Of(checkpoint).MaxInputTokens;
        if (asked is { } tokens)
            return new(tokens, "max_input_tokens of its task parameters");
        var file = Path.Combine(checkpoint.Folder, "tokenizer_config.json");
        if (File.Exists(file)
            && JsonFile.Read(file)["model_max_length"].Given?.Number() is >= 2 and <= Most and var most
            && !(most == OfT5 && checkpoint.Config.AttentionRadius < int.MaxValue))
            return new((int)most, "model_max_length of tokenizer_config.json");
        return InName(checkpoint.Path) ?? InName(NameOf(checkpoint.Folder));
    }

    /// <summary>The length that a name tells, as <c>long-t5-16384</c> and <c>led-16k</c> do.</summary>
    internal static TrainedLength? InName(string path)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        var lengths = Length().Matches(name).Select(match => match.Groups["k"].Success
            ? int.Parse(match.Groups["k"].Value, null) << 10 : int.Parse(match.Groups["n"].Value, null));
        return lengths.LastOrDefault(length => length is >= 1024 and <= Most && int.IsPow2(length)) is > 0 and var found
            ? new(found, $"its name, {name}") : null;
    }

    // In the cache of Hugging Face a model lies at models--org--name/snapshots/REVISION.
    private static string NameOf(string folder)
    {
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        return Path.GetFileName(parent) == "snapshots" ? Path.GetDirectoryName(parent)!.Split("--")[^1] : folder;
    }

    [GeneratedRegex(@"(?<![A-Za-z0-9])(?:(?<n>\d{4,8})|(?<k>\d{1,4})[kK])(?![A-Za-z0-9])")]
    private static partial Regex Length();
}
