using System.Buffers;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using System.Text.Json;
using LongT5.Generation;
using LongT5.Tasks;

namespace LongT5.Cli.Flags;

/// <summary>Every generation option as a flag, by Hugging Face's name with hyphens: <c>--num-beams 4</c>.</summary>
/// <remarks>
/// A flag's value becomes a member of a JSON object, which is read as <c>--options FILE</c> and the model's own files
/// are: one reader, one set of errors.
/// </remarks>
sealed class GenerationFlags
{
    private enum Value { Number, Switch, Text, Json }

    /// <summary>Flags that every generating command shows in its help.</summary>
    private static readonly (string Flag, Value Value, string Help)[] Usual =
    [
        ("max-new-tokens", Value.Number, "Most tokens to write."),
        ("min-new-tokens", Value.Number, "Fewest tokens to write."),
        ("num-beams", Value.Number, "Beams of the beam search; 1 decodes greedily."),
        ("length-penalty", Value.Number, "Of beams: above 0 favours longer texts."),
        ("early-stopping", Value.Json, "Of beams: true, false or never."),
        ("no-repeat-ngram-size", Value.Number, "No run of this many tokens is written twice."),
        ("encoder-no-repeat-ngram-size", Value.Number, "No run of this many tokens is copied from the document."),
        ("repetition-penalty", Value.Number, "Above 1 makes what was written less likely."),
        ("do-sample", Value.Switch, "Draw tokens by their probability."),
        ("temperature", Value.Number, "Of sampling: below 1 is tamer, above 1 is wilder."),
        ("top-k", Value.Number, "Of sampling: keep this many of the best tokens (the reference keeps 50)."),
        ("top-p", Value.Number, "Of sampling: keep the best tokens that reach this probability."),
        ("seed", Value.Number, "Of sampling: the same seed gives the same text."),
        ("prompt-lookup-num-tokens", Value.Number, "Try this many tokens of earlier text at once; the result stays greedy's."),
    ];

    private static readonly (string Flag, Value Value, string Help)[] Rare =
    [
        ("max-length", Value.Number, "Longest sequence, its start token included."),
        ("min-length", Value.Number, "Shortest sequence, its start token included."),
        ("max-time", Value.Number, "Seconds after which the text ends where it is."),
        ("stop-strings", Value.Text, "A text that ends the output; may be given several times."),
        ("num-return-sequences", Value.Number, "Texts for each input: the best beams, or as many samples."),
        ("min-p", Value.Number, "Of sampling: keep tokens at least this likely in proportion to the best."),
        ("typical-p", Value.Number, "Of sampling: keep tokens of about the expected information."),
        ("epsilon-cutoff", Value.Number, "Of sampling: keep tokens at least this likely."),
        ("eta-cutoff", Value.Number, "Of sampling: the same, by entropy."),
        ("encoder-repetition-penalty", Value.Number, "Above 1 makes the document's tokens more likely."),
        ("bad-words-ids", Value.Json, "Runs of token ids that are never written: [[3,20],[5]]."),
        ("sequence-bias", Value.Json, "Biases of runs of token ids: [[[3,20],5.0]]."),
        ("forced-bos-token-id", Value.Number, "The token to begin with."),
        ("forced-eos-token-id", Value.Json, "The token to end with at the greatest length."),
        ("suppress-tokens", Value.Json, "Token ids that are never written: [448,4]."),
        ("begin-suppress-tokens", Value.Json, "Token ids that are not written first."),
        ("exponential-decay-length-penalty", Value.Json, "A start and a factor by which the end grows likelier: [100,1.1]."),
        ("remove-invalid-values", Value.Switch, "Go on where scores are not numbers."),
        ("renormalize-logits", Value.Switch, "Make scores probabilities again after all rules."),
        ("max-matching-ngram-size", Value.Number, "Of prompt look-up: longest run of tokens that is looked up."),
        ("decoder-start-token-id", Value.Number, "The token that starts every sequence."),
        ("eos-token-id", Value.Json, "The token, or [ids], that end a sequence."),
        ("pad-token-id", Value.Number, "The token that fills up batches."),
    ];

    private readonly List<(Option<string[]> Option, Value Value)> _flags = [];
    private readonly Option<FileInfo?> _file = new("--options")
    {
        Description = "A JSON file of generation options by Hugging Face's names; flags stand above it.",
        HelpName = "FILE",
    };
    private readonly Option<string?> _preset = new("--preset")
    {
        Description = "Options that go well together: "
            + string.Join("; ", GenerationPresets.All.Select(preset => $"{preset.Name} ({preset.Description})")) + ".",
        HelpName = "NAME",
    };

    /// <param name="command">Gets the flags.</param>
    /// <param name="showAll">Whether its help lists the rare ones too.</param>
    public GenerationFlags(Command command, bool showAll = false)
    {
        _preset.AcceptOnlyFromAmong([.. GenerationPresets.All.Select(preset => preset.Name)]);
        command.Add(_preset);
        foreach (var (flag, value, help) in Usual.Concat(Rare))
        {
            var option = new Option<string[]>("--" + flag)
            {
                Description = help,
                HelpName = value switch { Value.Number => "N", Value.Text => "TEXT", Value.Json => "VALUE", _ => null },
                Arity = value == Value.Switch ? ArgumentArity.Zero : ArgumentArity.OneOrMore,
                AllowMultipleArgumentsPerToken = false,
                Hidden = !showAll && Rare.Any(rare => rare.Flag == flag),
            };
            _flags.Add((option, value));
            command.Add(option);
        }
        command.Add(_file);
    }

    /// <summary>Whether an option is one of these.</summary>
    public bool Owns(Option option) => option == _file || option == _preset || _flags.Any(flag => flag.Option == option);

    /// <summary>What the call says: flags above the file.</summary>
    /// <exception cref="ArgumentException">A value is not of its type.</exception>
    public GenerationOptions Read(ParseResult parsed)
    {
        var flags = GenerationOptions.FromJson(JsonDocument.Parse(FlagsAsJson(parsed)).RootElement);
        return parsed.GetValue(_file) is { } file ? flags.Over(FromFile(file.FullName)) : flags;
    }

    /// <summary>What the preset says; it stands below the call and above the model's files.</summary>
    public GenerationOptions? Preset(ParseResult parsed)
        => parsed.GetValue(_preset) is { } name ? GenerationPresets.All.First(preset => preset.Name == name).Options : null;

    private static GenerationOptions FromFile(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return GenerationOptions.FromJson(document.RootElement);
        }
        catch (JsonException exception)
        {
            throw new Failure($"{path} is not JSON: {exception.Message}", ExitCode.Failed, exception);
        }
        catch (ArgumentException exception)
        {
            throw new Failure($"{path}: {exception.Message}", ExitCode.Usage, exception);
        }
    }

    private ReadOnlyMemory<byte> FlagsAsJson(ParseResult parsed)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            foreach (var (option, value) in _flags)
            {
                if (parsed.GetResult(option) is not { Implicit: false } result)
                    continue;
                var texts = result.Tokens.Select(token => token.Value).ToArray();
                writer.WritePropertyName(option.Name.TrimStart('-').Replace('-', '_'));
                if (value == Value.Text)
                    WriteTexts(writer, texts);
                else if (texts.Length > 1)
                    throw Failure.Usage($"{option.Name} was given {texts.Length} times; give it once.");
                else
                    WriteValue(writer, texts is [var text] ? text : "true");
            }
            writer.WriteEndObject();
        }
        return bytes.WrittenMemory;
    }

    private static void WriteTexts(Utf8JsonWriter writer, string[] texts)
    {
        writer.WriteStartArray();
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    /// <summary>What is JSON by its looks goes in as it is (4, true, [1,5]), all else as a text ("never").</summary>
    private static void WriteValue(Utf8JsonWriter writer, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(text));
            document.RootElement.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(text);
        }
    }
}
