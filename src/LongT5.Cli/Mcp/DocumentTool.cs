using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace LongT5.Cli.Mcp;

/// <summary>A tool that reads documents and changes nothing. What goes wrong is its answer, in one sentence.</summary>
/// <param name="name">What assistants call it by.</param>
/// <param name="title">What people call it.</param>
/// <param name="description">What it does and when to use it.</param>
/// <param name="schema">Its arguments, as a JSON schema.</param>
/// <param name="run">Does it, and gives the texts of the answer.</param>
sealed class DocumentTool(string name, string title, string description, string schema,
    Func<ToolCall, CancellationToken, Task<IEnumerable<string>>> run) : McpServerTool
{
    /// <inheritdoc/>
    public override Tool ProtocolTool { get; } = new()
    {
        Name = name,
        Title = title,
        Description = description,
        InputSchema = JsonElement.Parse(schema),
        Annotations = new()
        {
            Title = title,
            ReadOnlyHint = true,
            IdempotentHint = true,
            DestructiveHint = false,
            OpenWorldHint = false,
        },
    };

    /// <inheritdoc/>
    public override IReadOnlyList<object> Metadata => [];

    /// <inheritdoc/>
    public override async ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        try
        {
            return Result(await run(new(request), cancellationToken), isError: false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Result([Failure.Describe(exception).Sentence], isError: true);
        }
    }

    private static CallToolResult Result(IEnumerable<string> texts, bool isError) => new()
    {
        Content = [.. texts.Select(text => new TextContentBlock { Text = text })],
        IsError = isError,
    };
}
