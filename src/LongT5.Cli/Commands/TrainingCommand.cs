using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using LongT5.Hub;

namespace LongT5.Cli.Commands;

/// <summary>
/// A command of the trainer, which is an executable of its own: this program never loads TorchSharp. What it
/// understands
/// stands in <c>training-options.json</c>, which the trainer writes, so that help builds and restores nothing.
/// </summary>
sealed partial class TrainingCommand : ExampledCommand
{
    private const string Project = "LongT5.Training", Table = "training-options.json";

    private TrainingCommand(string name, string description, string[] examples) : base(name, description, examples)
    {
    }

    /// <summary>The command of a name.</summary>
    public static TrainingCommand Create(string name)
    {
        using var stream = typeof(TrainingCommand).Assembly.GetManifestResourceStream(Table)!;
        using var table = JsonDocument.Parse(stream);
        var described = table.RootElement.GetProperty(name);
        var command = new TrainingCommand(name, described.GetProperty("description").GetString()!,
            [.. described.GetProperty("examples").EnumerateArray().Select(example => example.GetString()!)]);
        foreach (var argument in described.GetProperty("arguments").EnumerateArray()) command.Add(new Argument<string[]>(
            argument.GetProperty("name").GetString()!)
        {
            Description = argument.GetProperty("description").GetString(),
            Arity = argument.TryGetProperty("many", out _) ? ArgumentArity.ZeroOrMore : ArgumentArity.ZeroOrOne,
        });
        foreach (var option in described.GetProperty("options").EnumerateArray()) command.Add(Described(option));
        return command;
    }

    private static Option Described(JsonElement option)
    {
        var name = option.GetProperty("name").GetString()!;
        string[] aliases = option.TryGetProperty("alias", out var alias) ? [alias.GetString()!] : [];
        Option described = option.TryGetProperty("flag", out _) ? new Option<bool>(name, aliases)
            : new Option<string>(name, aliases);
        described.Description = option.GetProperty("description").GetString();
        return described;
    }

    /// <summary>Runs the trainer and gives its exit code.</summary>
    /// <param name="arguments">The name of a command and all that stands behind it.</param>
    public static int Start(params IReadOnlyList<string> arguments)
    {
        var program = Published ?? (Source is { } source ? TrainerBuild.Current(source) : throw new Failure(
            "the trainer is not part of this installation, because it brings 600 MB of libtorch; "
            + $"clone the repository and run ./longt5 {arguments[0]} there."));

        // Ctrl-C reaches the trainer as well, which saves what it has; other signals are handed on. This process waits.
        Process? trainer = null;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = trainer is not null;
            if (trainer is not null && !OperatingSystem.IsWindows()) _ = Send(trainer.Id, Terminate);
        });
        Terminal.Out.Flush();
        // Should this process be killed, the trainer ends with it.
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]);
        start.Environment["LONGT5_PARENT"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        using (trainer = Process.Start(start)!)
        {
            trainer.WaitForExit();
            return trainer.ExitCode;
        }
    }

    /// <summary>Whether there is a trainer to start, and where.</summary>
    public static string? Location => Published ?? Source;

    private static string? Published
        => Path.Combine(AppContext.BaseDirectory, "training", "longt5-training.dll") is var path && File.Exists(path)
            ? path : null;

    private static string? Source
        => Installation.Find(Path.Combine("src", Project, $"{Project}.csproj"));

    private const int Terminate = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
