using System.CommandLine;
using System.Text;
using System.Text.Json;
using LongT5.Cli.Flags;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Text;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 tokenize</c>: texts to token ids and back.</summary>
static class TokenizeCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("files")
        {
            Description = "Files, or - for standard input.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var model = ModelFlags.Name(
            "A model, or a vocabulary file alone (spiece.model, tokenizer.json). Default: the embedded model.");
        var jsonLines = new Option<bool>("--jsonl")
        {
            Description = "Each line of the input is an object with text (with --decode: ids).",
        };
        var json = new Option<bool>("--json")
        {
            Description = "One object a line with ids, pieces and offsets in characters (with --decode: text).",
        };
        var decode = new Option<bool>("--decode") { Description = "The input is token ids, the output text." };
        var keep = new Option<bool>("--keep-special")
        {
            Description = "With --decode: write </s>, <pad> and sentinels too.",
        };
        var command = new ExampledCommand("tokenize", "Turn text into token ids, or ids into text.",
            "echo \"A few words.\" | longt5 tokenize -m spiece.model",
            "longt5 tokenize --jsonl --json texts.jsonl -m MODEL",
            "echo \"8 39 1\" | longt5 tokenize --decode -m MODEL")
        {
            files, model, jsonLines, json, decode, keep,
        };
        var hub = new HubFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var inputs = InputFiles.Expand(parsed.GetValue(files) ?? []);
            var tokenizer = Tokenizer.Load(hub.Find(parsed, parsed.GetValue(model), cancellation));
            var write = new Func<JsonElement?, string, string>((line, text) => parsed.GetValue(decode)
                ? Decoded(tokenizer, line is { } ids ? Ids(ids) : TokenIdsOf(text), !parsed.GetValue(keep),
                    parsed.GetValue(json))
                : Encoded(tokenizer, line is { } fields ? Text(fields) : text, parsed.GetValue(json)));
            foreach (var input in inputs)
            {
                var text = await input.ReadTextAsync(cancellation);
                if (!parsed.GetValue(jsonLines))
                {
                    Terminal.Out.WriteLine(write(null, text));
                    continue;
                }
                foreach (var (number, line) in Lines(text))
                {
                    cancellation.ThrowIfCancellationRequested();
                    Terminal.Out.WriteLine(write(Parse(input, number, line), ""));
                }
            }
            return ExitCode.Success;
        });
        return command;
    }

    private static string Encoded(Tokenizer tokenizer, string text, bool json)
    {
        if (!json)
            return string.Join(' ', tokenizer.Encode(text));
        var tokens = tokenizer.EncodeWithOffsets(text);
        var characters = new CharacterCount(text);
        return Json.Object(writer =>
        {
            writer.WriteNumbers("ids", tokens.Ids);
            writer.WriteStrings("pieces", tokens.Pieces);
            writer.WriteStartArray("offsets");
            foreach (var (start, end) in tokens.Offsets)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(characters.Before(start));
                writer.WriteNumberValue(characters.Before(end));
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        });
    }

    private static string Decoded(Tokenizer tokenizer, int[] ids, bool skipSpecial, bool json)
    {
        var text = tokenizer.Decode(ids, skipSpecial);
        return json ? Json.Object(writer => writer.WriteString("text", text)) : text;
    }

    private static JsonElement Parse(InputFile input, int number, string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone()
                : throw new Failure($"{input.Name}, line {number} is not an object.");
        }
        catch (JsonException exception)
        {
            throw new Failure($"{input.Name}, line {number} is not JSON: {exception.Message}",
                ExitCode.Failed, exception);
        }
    }

    private static string Text(JsonElement fields)
        => fields.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? JsonText.Of(text)
            : throw new Failure("a line has no \"text\"; each must be an object such as {\"text\": \"A few words.\"}.");

    private static int[] Ids(JsonElement fields)
        => fields.TryGetProperty("ids", out var ids) && ids.ValueKind == JsonValueKind.Array
            && ids.EnumerateArray().All(id => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out _))
            ? TokenIds.OfList(ids)
            : throw new Failure("a line has no \"ids\"; each must be an object such as {\"ids\": [8, 39, 1]}.");

    private static int[] TokenIdsOf(string text)
        => [.. text.Split([' ', '\n', '\r', '\t', ',', '[', ']'], StringSplitOptions.RemoveEmptyEntries)
            .Select(word => int.TryParse(word, out var id) ? id : throw new Failure($"\"{word}\" is no token id."))];

    private static IEnumerable<(int Number, string Line)> Lines(string text)
    {
        using var reader = new StringReader(text);
        for (var number = 1; reader.ReadLine() is { } line; number++)
            if (!string.IsNullOrWhiteSpace(line))
                yield return (number, line);
    }

    /// <summary>Turns places in UTF-16 into places in characters, asked in rising order.</summary>
    private sealed class CharacterCount(string text)
    {
        private int _units;
        private int _characters;

        public int Before(int unit)
        {
            if (unit < _units)
                (_units, _characters) = (0, 0);
            while (_units < unit)
            {
                _units += char.IsSurrogatePair(text, _units) ? 2 : 1;
                _characters++;
            }
            return _characters;
        }
    }
}
