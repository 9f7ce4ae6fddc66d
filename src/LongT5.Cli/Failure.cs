using LongT5.Data;
using LongT5.Tasks;

namespace LongT5.Cli;

/// <summary>The exit codes that the help promises.</summary>
static class ExitCode
{
    public const int Success = 0;
    public const int Failed = 1;
    public const int Usage = 2;
    public const int Interrupted = 130;
    public const int Terminated = 143;
}

/// <summary>Something the user can put right: one sentence that says what was wrong and what to do.</summary>
sealed class Failure(string message, int exitCode = ExitCode.Failed, Exception? cause = null)
    : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>A mistake in how the command was called.</summary>
    public static Failure Usage(string message) => new(message, Cli.ExitCode.Usage);

    /// <summary>Any exception as one sentence and an exit code; never a stack trace.</summary>
    public static (string Sentence, int ExitCode) Describe(Exception exception)
    {
        if (exception is Failure failure)
            return (failure.Message, failure.ExitCode);
        var problem = Problem.Of(exception);
        var sentence = exception switch
        {
            MissingHeadException missing
                => $"{problem.Sentence} It is trained by: longt5 train --head {missing.Head} --from {missing.Path}",
            MissingSplitException { Others: [var other, ..] } => $"{problem.Sentence.TrimEnd('.')}: --split {other}.",
            BadFileException { NeedsPassword: true } => $"{problem.Sentence} (--password)",
            _ => problem.Sentence,
        };
        return (sentence, problem.Kind switch
        {
            ProblemKind.Request => Cli.ExitCode.Usage,
            ProblemKind.Stopped => Cli.ExitCode.Interrupted,
            _ => Cli.ExitCode.Failed,
        });
    }
}
