using LongT5.Formats;

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
sealed class Failure(string message, int exitCode = ExitCode.Failed, Exception? cause = null) : Exception(message, cause)
{
    public int ExitCode { get; } = exitCode;

    /// <summary>A mistake in how the command was called.</summary>
    public static Failure Usage(string message) => new(message, Cli.ExitCode.Usage);

    /// <summary>Any exception as one sentence and an exit code; never a stack trace.</summary>
    public static (string Sentence, int ExitCode) Describe(Exception exception) => exception switch
    {
        Failure failure => (failure.Message, failure.ExitCode),
        OperationCanceledException => ("stopped.", Cli.ExitCode.Interrupted),
        BadFileException => (OneLine(exception.Message), Cli.ExitCode.Failed),
        FileNotFoundException => (exception.Message, Cli.ExitCode.Failed),
        IOException io => (DescribeIo(io), Cli.ExitCode.Failed),
        UnauthorizedAccessException => (
            $"{OneLine(exception.Message).TrimEnd('.')}; check the permissions, or name another place.", Cli.ExitCode.Failed),
        InsufficientMemoryException => (OneLine(exception.Message), Cli.ExitCode.Failed),
        OutOfMemoryException => (
            "the memory of this machine is exhausted; give a smaller --max-input, or fewer --num-beams.", Cli.ExitCode.Failed),
        ArgumentException argument => (OneLine(WithoutParameter(argument)), Cli.ExitCode.Usage),
        NotSupportedException => (OneLine(exception.Message), Cli.ExitCode.Failed),
        AggregateException { InnerExceptions: [var only] } => Describe(only),
        _ => (
            $"an error of longt5 itself, please report it: {exception.GetType().Name}: {OneLine(exception.Message)}",
            Cli.ExitCode.Failed),
    };

    /// <summary>What to do about the errors of the operating system that people meet.</summary>
    private static string DescribeIo(IOException exception)
    {
        const int BrokenPipe = 32, NoSpace = 28, ReadOnly = 30;
        const int WindowsDiskFull = unchecked((int)0x80070070), WindowsPipeClosed = unchecked((int)0x800700E8);
        var message = OneLine(exception.Message);
        return exception.HResult switch
        {
            BrokenPipe or WindowsPipeClosed => "the program that was reading the output has closed it; the rest was not written.",
            NoSpace or WindowsDiskFull => $"the disk is full ({message.TrimEnd('.')}); make room, or name another place with -o.",
            ReadOnly => $"the output cannot be written ({message.TrimEnd('.')}); name another place with -o.",
            _ => message,
        };
    }

    /// <summary>.NET adds "(Parameter 'x')" to the message: a name from the code, of no use to the reader.</summary>
    private static string WithoutParameter(ArgumentException argument)
        => argument.ParamName is { } name
            ? argument.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : argument.Message;

    private static string OneLine(string message)
        => string.Join(' ', message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
