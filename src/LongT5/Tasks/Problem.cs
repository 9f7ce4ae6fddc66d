using LongT5.Machine;

namespace LongT5.Tasks;

/// <summary>What kind of thing went wrong: what a program gives an exit code for, and a server a status.</summary>
public enum ProblemKind
{
    /// <summary>The request itself: an option, a value, an empty text.</summary>
    Request,

    /// <summary>A file or a model that is not there.</summary>
    Missing,

    /// <summary>A file that is not what it should be.</summary>
    BadFile,

    /// <summary>A place that may not be read or written.</summary>
    Forbidden,

    /// <summary>Too little memory.</summary>
    Memory,

    /// <summary>A disk or a pipe that does not take or give what it should.</summary>
    Device,

    /// <summary>The work was asked to stop.</summary>
    Stopped,

    /// <summary>A mistake of this program.</summary>
    Internal,
}

/// <summary>Whatever went wrong, as one sentence that says what to do; never a stack trace.</summary>
/// <param name="Kind">What kind of thing it is.</param>
/// <param name="Sentence">The sentence; names of model files that are to be fetched may follow it, a line each.</param>
public sealed record Problem(ProblemKind Kind, string Sentence)
{
    /// <summary>What an exception of this library, or of the system beneath it, comes to.</summary>
    public static Problem Of(Exception exception) => exception switch
    {
        OperationCanceledException => new(ProblemKind.Stopped, "stopped."),
        BadFileException => new(ProblemKind.BadFile, OneLine(exception.Message)),
        FileNotFoundException => new(ProblemKind.Missing, exception.Message),
        DirectoryNotFoundException => new(ProblemKind.Missing, OneLine(exception.Message)),
        IOException io => new(ProblemKind.Device, OfDevice(io)),
        UnauthorizedAccessException => new(
            ProblemKind.Forbidden,
            $"{OneLine(exception.Message).TrimEnd('.')}; check the permissions, or name another place."),
        InsufficientMemoryException => new(
            ProblemKind.Memory, $"{OneLine(exception.Message).TrimEnd('.')}{AddressSpace.Hint}."),
        OutOfMemoryException => new(
            ProblemKind.Memory,
            "the memory of this machine is exhausted; read fewer tokens of the text, or ask for fewer beams"
                + $"{AddressSpace.Hint}."),
        ArgumentException argument => new(ProblemKind.Request, OneLine(WithoutParameter(argument))),
        NotSupportedException => new(ProblemKind.BadFile, OneLine(exception.Message)),
        AggregateException { InnerExceptions: [var only] } => Of(only),
        TaskSchedulerException { InnerException: { } cause } => Of(cause),
        _ => new(
            ProblemKind.Internal,
            $"an error of longt5 itself, please report it: {exception?.GetType().Name}: "
                + $"{OneLine(exception?.Message ?? "")}"),
    };

    /// <summary>What to do about the errors of the operating system that people meet.</summary>
    private static string OfDevice(IOException exception)
    {
        const int BrokenPipe = 32, NoSpace = 28, ReadOnly = 30;
        const int WindowsDiskFull = unchecked((int)0x80070070), WindowsPipeClosed = unchecked((int)0x800700E8);
        var message = OneLine(exception.Message);
        return exception.HResult switch
        {
            BrokenPipe or WindowsPipeClosed =>
                "the program that was reading the output has closed it; the rest was not written.",
            NoSpace or WindowsDiskFull =>
                $"the disk is full ({message.TrimEnd('.')}); make room, or write to another place.",
            ReadOnly => $"the output cannot be written ({message.TrimEnd('.')}); write to another place.",
            _ => message,
        };
    }

    /// <summary>.NET adds "(Parameter 'x')" to the message: a name from the code, of no use to the reader.</summary>
    private static string WithoutParameter(ArgumentException argument)
        => argument.ParamName is { } name
            ? argument.Message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal)
            : argument.Message;

    private static string OneLine(string message)
        => string.Join(' ',
            message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
