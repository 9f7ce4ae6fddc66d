using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace LongT5.Cli.Mcp;

/// <summary>A call of a tool: its arguments, by name, and whoever hears of its progress.</summary>
/// <param name="request">The call.</param>
sealed class ToolCall(RequestContext<CallToolRequestParams> request)
{
    private readonly HashSet<string> _known = [];

    /// <summary>A text.</summary>
    /// <exception cref="Failure">It is missing, or no text.</exception>
    public string Text(string name) => Given(name) is { } value
        ? value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new Failure($"{name} must be a text.")
        : throw new Failure($"{name} is missing.");

    /// <summary>One of some words; null where nothing is said.</summary>
    public string? Choice(string name, params ReadOnlySpan<string> words)
        => Given(name) is null ? null : Text(name) is var word && words.Contains(word) ? word
            : throw new Failure($"{name} can be {string.Join(" or ", words!)}.");

    /// <summary>A whole number of a range; null where nothing is said.</summary>
    public int? Whole(string name, int least, int most)
        => Given(name) is not { } value ? null
            : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
                && number >= least && number <= most ? number
            : throw new Failure($"{name} must be a whole number from {least} to {most}.");

    /// <summary>Throws where an argument was given that nobody asked for.</summary>
    public void End()
    {
        if (request.Params?.Arguments?.Keys.FirstOrDefault(name => !_known.Contains(name)) is { } unknown)
            throw new Failure($"there is no argument {unknown}; there are {string.Join(", ", _known)}.");
    }

    /// <summary>Tells the assistant of the work; nothing where it did not ask for that.</summary>
    public CallProgress Progress() => new(request.Server, request.Params?.ProgressToken);

    private JsonElement? Given(string name)
    {
        _known.Add(name);
        return request.Params?.Arguments?.TryGetValue(name, out var value) == true
            && value.ValueKind != JsonValueKind.Null ? value : null;
    }
}
