using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace LongT5.Training;

/// <summary>
/// What the commands of this program understand, as JSON: the command line shows it as help and completes it, without
/// this program being built.
/// </summary>
static class OptionTable
{
    static readonly JsonWriterOptions s_readable = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping
    };

    /// <summary>A command that prints the table; nobody is told of it.</summary>
    public static Command Command(Command root)
    {
        var command = new Command("options", "Print what the commands understand, as JSON.") { Hidden = true };
        command.SetAction(_ => Console.Out.Write(Json(root)));
        return command;
    }

    /// <summary>The table of those commands that have examples.</summary>
    public static string Json(Command root)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_readable))
        {
            json.WriteStartObject();
            foreach (var command in root.Subcommands.Where(command
                => command.Description?.Contains("\n\n", StringComparison.Ordinal) == true)) Write(json, command);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }

    static void Write(Utf8JsonWriter json, Command command)
    {
        var parts = command.Description!.Split("\n\n");
        json.WriteStartObject(command.Name);
        json.WriteString("description", parts[0].Replace(" Examples:", "", StringComparison.Ordinal));
        json.WriteStartArray("examples");
        foreach (var example in parts[1].Split('\n')) json.WriteStringValue(example);
        json.WriteEndArray();
        json.WriteStartArray("arguments");
        foreach (var argument in command.Arguments)
        {
            json.WriteStartObject();
            json.WriteString("name", argument.Name);
            if (argument.Arity.MaximumNumberOfValues > 1) json.WriteBoolean("many", true);
            json.WriteString("description", argument.Description);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("options");
        foreach (var option in command.Options.Where(option => !option.Hidden))
        {
            json.WriteStartObject();
            json.WriteString("name", option.Name);
            if (option.Aliases.Count > 0) json.WriteString("alias", option.Aliases.First());
            if (option.ValueType == typeof(bool) || option.ValueType == typeof(bool?)) json.WriteBoolean("flag", true);
            json.WriteString("description", option.Description);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
