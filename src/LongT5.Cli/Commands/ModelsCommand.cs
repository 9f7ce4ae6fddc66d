using System.CommandLine;
using System.Globalization;
using LongT5.Cli.Output;
using LongT5.Hub;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 models</c>: what was fetched, and what there is to fetch.</summary>
static class ModelsCommand
{
    public static Command Create()
    {
        var remove = new Option<string?>("--remove")
        {
            Description = "Delete what was fetched of a model: all of it, or with @COMMIT that one.",
            HelpName = "NAME",
        };
        var known = new Option<bool>("--known")
        {
            Description =
                "Public models that are worth having, by task, with size, licence and what their cards advise.",
        };
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var command = new ExampledCommand("models",
            "List the models that are in the Hugging Face cache, or delete one.",
            "longt5 models",
            "longt5 models --known",
            "longt5 models --remove google/long-t5-tglobal-base")
        {
            known, remove, json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(remove) is { } name)
                Remove(name);
            else if (parsed.GetValue(known))
                Write(KnownModel.All, parsed.GetValue(json), WriteKnown, KnownRow);
            else if (HubCache.Models().ToList() is { Count: > 0 } models)
                Write(models, parsed.GetValue(json), WriteCached, CachedRow);
            else
                Terminal.Inform($"there is no model in {HubCache.Folder}; longt5 models --known lists some to fetch.");
            return ExitCode.Success;
        });
        return command;
    }

    private static void Remove(string name)
    {
        var freed = HubCache.Remove(HubName.Parse(name) ?? throw Failure.Usage(
            $"{name} is no name of the hub; longt5 models lists those that are here."));
        Terminal.Complain($"{name} is deleted; {ModelFetch.Size(freed)} are free again.");
    }

    private static void Write<T>(IReadOnlyList<T> models, bool asJson,
        Action<System.Text.Json.Utf8JsonWriter, T> members, Func<T, string[]> row)
    {
        if (asJson)
        {
            foreach (var model in models)
                Terminal.Out.WriteLine(Json.Object(writer => members(writer, model)));
            return;
        }
        var rows = models.Select(row).ToList();
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(cells => cells[column].Length))
            .ToArray();
        foreach (var cells in rows)
            Terminal.Out.WriteLine(string.Join("  ", cells.Select((cell, column) => cell.PadRight(widths[column])))
                .TrimEnd());
    }

    private static string[] CachedRow(CachedModel model) =>
    [
        model.Repository,
        model.Commit[..Math.Min(7, model.Commit.Length)] + (model.Revisions.Count > 0
            ? $" ({string.Join(", ", model.Revisions)})" : ""),
        ModelFetch.Size(model.Size),
        $"used {model.LastUsed.LocalDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}",
        string.Join(", ", [.. model.IsAdapter ? ["adapter"] : Array.Empty<string>(),
            .. model.IsComplete ? Array.Empty<string>() : ["not complete"]]),
    ];

    private static void WriteCached(System.Text.Json.Utf8JsonWriter writer, CachedModel model)
    {
        writer.WriteString("name", model.Repository);
        writer.WriteString("commit", model.Commit);
        writer.WriteStrings("revisions", model.Revisions);
        writer.WriteString("folder", model.Folder);
        writer.WriteNumber("bytes", model.Size);
        writer.WriteString("last_used", model.LastUsed.UtcDateTime);
        writer.WriteBoolean("adapter", model.IsAdapter);
        writer.WriteBoolean("complete", model.IsComplete);
    }

    private static string[] KnownRow(KnownModel model) =>
    [
        model.Task,
        model.Name,
        string.Create(CultureInfo.InvariantCulture, $"{model.Gigabytes:0.00} GB"),
        model.Language,
        model.Licence.Length > 0 ? model.Licence : "no licence given",
        model.Advice,
    ];

    private static void WriteKnown(System.Text.Json.Utf8JsonWriter writer, KnownModel model)
    {
        writer.WriteString("name", model.Name);
        writer.WriteString("task", model.Task);
        writer.WriteNumber("gigabytes", model.Gigabytes);
        writer.WriteString("language", model.Language);
        writer.WriteString("licence", model.Licence);
        writer.WriteString("advice", model.Advice);
    }
}
