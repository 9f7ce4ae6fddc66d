using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Cli.Mcp;
using ModelContextProtocol.Server;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 mcp</c>: documents for assistants, over standard input and output.</summary>
static class McpCommand
{
    public static Command Create()
    {
        var folders = new Argument<string[]>("folders")
        {
            Description = "The folders whose documents may be read; nothing beside them is.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new ExampledCommand("mcp",
            "Let assistants have documents summarised, ask and read them: a server of the Model Context Protocol over "
                + "standard input and output.",
            "longt5 mcp ~/Documents",
            "longt5 mcp papers/ minutes/ -m pszemraj/long-t5-tglobal-base-16384-book-summary")
        {
            folders,
        };
        var flags = new ModelFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var allowed = new AllowedFolders(parsed.GetValue(folders)!);
            using var model = flags.Load(parsed, cancellation);
            await Serve(allowed, model, cancellation);
            return ExitCode.Success;
        });
        return command;
    }

    private static async Task Serve(AllowedFolders folders, LongT5Model model, CancellationToken stop)
    {
        var options = new McpServerOptions
        {
            ServerInfo = new() { Name = "longt5", Title = "LongT5", Version = CommandLine.Version },
            ServerInstructions = "Documents on this machine, below these folders alone: "
                + $"{string.Join(", ", folders.Names)}. Paths begin in a folder or with its name. Long documents are "
                + "better summarised or asked than read whole.",
            ToolCollection = new DocumentTools(folders, model).All,
        };
        await using var transport = new StreamServerTransport(Terminal.OpenInput(), Console.OpenStandardOutput(),
            "longt5");
        await using var server = McpServer.Create(transport, options);
        await server.RunAsync(stop);
    }
}
