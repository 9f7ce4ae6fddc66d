using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Cli.Output;
using LongT5.Hub;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 download</c>: a model from the hub, to be used later or elsewhere.</summary>
static class DownloadCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("name")
        {
            Description = "org/name of a model or an adapter, or org/name@revision.",
        };
        var json = new Option<bool>("--json") { Description = "One JSON object instead of the folder." };
        var command = new ExampledCommand("download",
            "Fetch a model from the Hugging Face hub into the cache that its tools share; print its folder.",
            "longt5 download pszemraj/long-t5-tglobal-base-16384-book-summary",
            "longt5 download google/long-t5-tglobal-base@main --json")
        {
            name, json,
        };
        var hub = new HubFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var wanted = HubName.Parse(parsed.GetRequiredValue(name)) ?? throw Failure.Usage(
                $"{parsed.GetRequiredValue(name)} is no name of the hub; expected org/name, or org/name@revision.");
            var settings = hub.Settings(parsed);
            var plan = await ModelFetch.RunAsync(wanted, settings, cancellation);
            // An adapter is of no use without the model that it stands beside.
            var beneath = plan.BaseModel is { } model && HubName.Parse(model) is { HasOwner: true } known
                ? await ModelFetch.RunAsync(known, settings, cancellation) : null;
            Terminal.Out.WriteLine(parsed.GetValue(json) ? Written(plan, beneath) : plan.Folder);
            return ExitCode.Success;
        });
        return command;
    }

    private static string Written(DownloadPlan plan, DownloadPlan? beneath) => Json.Object(writer =>
    {
        writer.WriteString("name", plan.Name.Repository);
        writer.WriteString("revision", plan.Name.Revision);
        writer.WriteString("commit", plan.Commit);
        writer.WriteString("folder", plan.Folder);
        writer.WriteNumber("bytes", plan.Bytes);
        writer.WriteNumber("fetched_bytes", plan.MissingBytes);
        writer.WriteStartArray("files");
        foreach (var file in plan.Files)
        {
            writer.WriteStartObject();
            writer.WriteString("path", file.Path);
            writer.WriteNumber("size", file.Size);
            writer.WriteString("hash", file.Hash);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        if (beneath is not null)
            writer.WriteString("base_folder", beneath.Folder);
    });
}
