using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Cli.Output;
using LongT5.Formats;
using LongT5.Hub;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 inspect</c>: what a checkpoint is, before anything is computed with it.</summary>
static class InspectCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("path")
        {
            Description = "A checkpoint of any layout, an adapter, or org/name[@revision] of the Hugging Face hub.",
        };
        var tensors = new Option<bool>("--tensors") { Description = "List every tensor with its type and shape." };
        var verify = new Option<bool>("--verify")
        {
            Description = "Read every byte: checksums, NaN, infinities. Exit code 1 if something is wrong.",
        };
        var json = new Option<bool>("--json") { Description = "One JSON object instead of lines." };
        var command = new ExampledCommand("inspect",
            "Say what a checkpoint is: layout, shape, parameters, head, generation defaults, vocabulary; or what an "
                + "adapter is.",
            "longt5 inspect MODEL",
            "longt5 inspect MODEL --tensors",
            "longt5 inspect MODEL --verify --json")
        {
            path, tensors, verify, json,
        };
        var hub = new HubFlags(command);
        command.SetAction((parsed, cancellation) =>
        {
            var folder = hub.Find(parsed, parsed.GetRequiredValue(path), cancellation);
            if (Adapter.MistakenForModel(folder) is not null && !parsed.GetValue(verify))
            {
                using var adapter = Adapter.Open(folder);
                var ofAdapter = new AdapterReport(adapter, parsed.GetValue(tensors));
                if (parsed.GetValue(json)) Terminal.Out.WriteLine(Json.Object(ofAdapter.WriteJson));
                else ofAdapter.WriteLines(Terminal.Out);
                return Task.FromResult(ExitCode.Success);
            }
            using var checkpoint = ModelLocation.Open(folder);
            var problems = parsed.GetValue(verify) ? checkpoint.Verify(cancellation) : null;
            var report = new InspectReport(checkpoint, LongT5Model.WarningsOf(checkpoint), problems,
                parsed.GetValue(tensors));
            if (parsed.GetValue(json))
                Terminal.Out.WriteLine(Json.Object(report.WriteJson));
            else
                report.WriteLines(Terminal.Out);
            return Task.FromResult(problems is { Count: > 0 } ? ExitCode.Failed : ExitCode.Success);
        });
        return command;
    }
}
