using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace LongT5.Cli.Commands;

/// <summary>
/// A command of the trainer, which is an executable of its own: this program never loads TorchSharp. Everything
/// after the command's name, <c>--help</c> included, is handed on as it stands.
/// </summary>
sealed class TrainingCommand : Command
{
    private const string Project = "LongT5.Training";

    public TrainingCommand(string name, string description)
        : base(name, description)
        => Add(new Argument<string[]>("options")
        {
            Description = $"What the trainer understands: longt5 {name} --help.",
            Arity = ArgumentArity.ZeroOrMore,
        });

    /// <summary>Runs the trainer and gives its exit code.</summary>
    public int Start(IEnumerable<string> arguments)
    {
        var start = FindTrainer() ?? throw new Failure(
            "the trainer is not part of this installation, because it brings 600 MB of libtorch; "
            + $"clone the repository and run ./longt5 {Name} there.");
        start.ArgumentList.Add(Name);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        // Ctrl-C reaches the trainer as well, which saves what it has; this process waits for it.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        Terminal.Out.Flush();
        using var trainer = Process.Start(start)!;
        trainer.WaitForExit();
        return trainer.ExitCode;
    }

    /// <summary>Whether there is a trainer to start, and where.</summary>
    public static string? Location => Published ?? Source;

    private static string? Published
        => Path.Combine(AppContext.BaseDirectory, "training", "longt5-training.dll") is var path && File.Exists(path) ? path : null;

    private static string? Source
        => Installation.Find(Path.Combine("src", Project, $"{Project}.csproj"));

    private static ProcessStartInfo? FindTrainer()
    {
        if (Published is { } program)
            return new ProcessStartInfo("dotnet") { ArgumentList = { program } };
        if (Source is not { } source)
            return null;
        Terminal.Inform("longt5: the trainer's first start restores libtorch and builds; this takes a few minutes once.");
        return new ProcessStartInfo("dotnet") { ArgumentList = { "run", "--project", source, "-c", "Release", "--" } };
    }
}
