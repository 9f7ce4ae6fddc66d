using System.Buffers;
using System.CommandLine;
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
    private readonly List<(Option<string[]> Flag, GenerationOption Meaning)> _flags = [];
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
        foreach (var meaning in GenerationOptions.All)
        {
            var flag = new Option<string[]>(Name(meaning))
            {
                Description = Help(meaning),
                HelpName = meaning.Form switch
                {
                    OptionForm.Number => "N",
                    OptionForm.Text => "TEXT",
                    OptionForm.Json => "VALUE",
                    _ => null
                },
                Arity = meaning.Form == OptionForm.Switch ? ArgumentArity.Zero : ArgumentArity.OneOrMore,
                AllowMultipleArgumentsPerToken = false,
                Hidden = !showAll && !meaning.IsUsual,
            };
            _flags.Add((flag, meaning));
            command.Add(flag);
        }
        command.Add(_file);
    }

    /// <summary>The flag of an option.</summary>
    public static string Name(GenerationOption option) => "--" + option.Name.Replace('_', '-');

    /// <summary>What the help says of an option.</summary>
    public static string Help(GenerationOption option)
        => option.ScopeName is { Length: > 0 } scope
            ? $"Of {scope}: {char.ToLowerInvariant(option.About[0])}{option.About[1..]}" : option.About;

    /// <summary>Whether an option is one of these.</summary>
    public bool Owns(Option option) => option == _file || option == _preset || _flags.Any(flag => flag.Flag == option);

    /// <summary>What the call says: flags above the file.</summary>
    /// <exception cref="ArgumentException">A value is not of its type.</exception>
    public GenerationOptions Read(ParseResult parsed)
    {
        using var json = JsonDocument.Parse(FlagsAsJson(parsed));
        var flags = GenerationOptions.FromJson(json.RootElement);
        return parsed.GetValue(_file) is { } file ? flags.Over(FromFile(file.FullName)) : flags;
    }

    /// <summary>What the preset says; it stands below the call and above the model's files.</summary>
    public GenerationOptions? Preset(ParseResult parsed)
        => parsed.GetValue(_preset) is { } name
            ? GenerationPresets.All.First(preset => preset.Name == name).Options : null;

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
            foreach (var (flag, meaning) in _flags)
            {
                if (parsed.GetResult(flag) is not { Implicit: false } result)
                    continue;
                var texts = result.Tokens.Select(token => token.Value).ToArray();
                writer.WritePropertyName(meaning.Name);
                if (meaning.Form == OptionForm.Text)
                    WriteTexts(writer, texts);
                else if (texts.Length > 1)
                    throw Failure.Usage($"{flag.Name} was given {texts.Length} times; give it once.");
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
