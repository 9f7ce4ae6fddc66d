using System.Text;
using Microsoft.Win32.SafeHandles;

namespace LongT5.Cli;

/// <summary>Results go to stdout, all else to stderr; progress only where a person is looking.</summary>
static class Terminal
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Standard output: UTF-8, and a reader that went away is an error instead of silence.</summary>
    public static TextWriter Out { get; } = new StreamWriter(OpenOutput(), Utf8, 1 << 14);

    /// <summary>Standard error.</summary>
    public static TextWriter Error { get; } = StandardStreams.HasError
        ? new StreamWriter(Console.OpenStandardError(), Utf8, 256) { AutoFlush = true }
        : TextWriter.Null;

    /// <summary>
    /// Whether something comes over standard input: a pipe or a file, and not what a person would have to type.
    /// </summary>
    public static bool HasInput => StandardStreams.HasInput && Console.IsInputRedirected;

    /// <summary>Whether someone watches standard error.</summary>
    public static bool IsWatched { get; } =
        StandardStreams.HasError && !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    /// <summary>Standard input.</summary>
    /// <exception cref="Failure">It was closed.</exception>
    public static Stream OpenInput()
        => StandardStreams.HasInput
            ? Console.OpenStandardInput() : throw new Failure("standard input is closed; name a file.");

    /// <summary>One sentence on what went wrong.</summary>
    public static void Complain(string sentence) => Say($"longt5: {sentence}");

    /// <summary>One sentence on what the user should know of a result.</summary>
    public static void Warn(string sentence) => Say($"longt5: warning: {sentence}");

    /// <summary>One sentence for whoever is looking.</summary>
    public static void Inform(string sentence)
    {
        if (IsWatched)
            Say(sentence);
    }

    private static void Say(string line)
    {
        try
        {
            Progress.Clear();
            Error.WriteLine(line);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Nobody can be told; the exit code still says it.
        }
    }

    /// <summary>
    /// .NET's console stream takes a closed pipe for success; a file stream does not. But a file stream writes at an
    /// offset of its own, which would overwrite what others append, so only a pipe gets one.
    /// </summary>
    private static Stream OpenOutput()
    {
        if (!StandardStreams.HasOutput)
            return new ClosedOutput();
        if (OperatingSystem.IsWindows())
        {
            if (!Console.IsOutputRedirected)
                Console.OutputEncoding = Utf8;
            return Console.OpenStandardOutput();
        }
        try
        {
            var pipe = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            return pipe.CanSeek ? Console.OpenStandardOutput() : pipe;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return Console.OpenStandardOutput();
        }
    }
}
