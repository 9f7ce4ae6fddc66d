using System.Text.Json;

namespace LongT5.Cli.Input;

/// <summary>Token ids in JSON: a list of lists, or one list.</summary>
static class TokenIds
{
    /// <summary>The ids of every input.</summary>
    public static int[][] Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return Parse(document.RootElement) is { Length: > 0 } lists && lists.All(list => list.Length > 0)
                ? lists
                : throw new Failure($"{path} must hold lists of token ids such as [[8, 39, 1]], none of them empty.");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            throw new Failure($"{path} must hold lists of token ids such as [[8, 39, 1]]: {exception.Message}",
                ExitCode.Failed, exception);
        }
    }

    /// <summary>A list of lists as it is, a list of numbers as the only one.</summary>
    public static int[][] Parse(JsonElement json)
        => json.ValueKind == JsonValueKind.Array && json.GetArrayLength() > 0
            && json[0].ValueKind == JsonValueKind.Number
            ? [OfList(json)]
            : [.. json.EnumerateArray().Select(OfList)];

    /// <summary>The numbers of a list.</summary>
    public static int[] OfList(JsonElement json) => [.. json.EnumerateArray().Select(id => id.GetInt32())];
}
