using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using LongT5.Hub;

namespace LongT5.Cli.Commands;

/// <summary>
/// A command of the trainer, which is an executable of its own: this program never loads TorchSharp. Everything
/// after the command's name, <c>--help</c> included, is handed on as it stands.
/// </summary>
sealed partial class TrainingCommand : Command
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
        var program = Published ?? (Source is { } source ? TrainerBuild.Current(source) : throw new Failure(
            "the trainer is not part of this installation, because it brings 600 MB of libtorch; "
            + $"clone the repository and run ./longt5 {Name} there."));

        // Ctrl-C reaches the trainer as well, which saves what it has; other signals are handed on. This process waits.
        Process? trainer = null;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = trainer is not null;
            if (trainer is not null && !OperatingSystem.IsWindows()) _ = Send(trainer.Id, Terminate);
        });
        Terminal.Out.Flush();
        using (trainer = Process.Start(new ProcessStartInfo("dotnet", [program, Name, .. arguments]))!)
        {
            trainer.WaitForExit();
            return trainer.ExitCode;
        }
    }

    /// <summary>Whether there is a trainer to start, and where.</summary>
    public static string? Location => Published ?? Source;

    private static string? Published
        => Path.Combine(AppContext.BaseDirectory, "training", "longt5-training.dll") is var path && File.Exists(path) ? path : null;

    private static string? Source
        => Installation.Find(Path.Combine("src", Project, $"{Project}.csproj"));

    private const int Terminate = 15;

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Send(int process, int signal);
}
