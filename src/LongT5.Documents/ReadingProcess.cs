using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using LongT5.Machine;

namespace LongT5.Documents;

/// <summary>Reads documents in a process of its own, which ends when one takes too long or too much memory.</summary>
/// <remarks>
/// Parsers of rich formats may spin, recurse or allocate without bound on what a stranger made, and only a process can
/// be ended from outside. Plain text needs no parser and is read where one is. The process is the host's own program,
/// started again with <see cref="Verb"/>, so that nothing else must be installed, also where the program is one
/// native file.
/// </remarks>
/// <param name="command">The program and the arguments that come before the verb.</param>
public sealed class ReadingProcess(IReadOnlyList<string> command)
{
    /// <summary>The first argument of a program that shall <see cref="Serve"/>.</summary>
    public const string Verb = "read-document";

    private const string PasswordVariable = "LONGT5_DOCUMENT_PASSWORD";
    private const int OutOfMemory = 3, NeedsPassword = 4;
    private const string HeapLimit = "2C000000"; // hexadecimal, as the runtime reads it: 704 MiB

    /// <summary>
    /// Seconds of a processor's work: for each MiB of a document, and in all while it shows that it goes on.
    /// </summary>
    private const double SecondsPerMiB = 4, SecondsInAll = 300;

    /// <summary>
    /// How long a processor may work without a sign that it goes on; for each MiB of the document, four seconds more.
    /// </summary>
    public TimeSpan Allowance { get; init; } = TimeSpan.FromSeconds(7.5);

    /// <summary>Reads a document.</summary>
    /// <param name="name">How it is named in errors; its ending tells Markdown from plain text.</param>
    /// <param name="content">Read to its end.</param>
    /// <param name="path">Where it lies, for formats that name files of their own folder; null for a stream.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <exception cref="BadFileException">It is empty, damaged, hostile, protected,
    /// or of a kind that is not read.</exception>
    public Document Read(
        string name, Stream content, string? path = null, ReadingOptions? options = null,
        CancellationToken cancellation = default)
    {
        var source = new Source(name, DocumentReader.ReadAll(content, name));
        return FormatDetection.IsPlainText(source) ? DocumentReader.Read(source, options ?? new())
            : ReadApart(source, path, options?.Password, cancellation);
    }

    /// <summary>What the process does: a document from the standard input, as JSON to the standard output.</summary>
    /// <param name="arguments">The document's name, and its folder where it has one.</param>
    /// <returns>The exit code: 1 with a sentence on the standard error for a document that
    /// cannot be read, 4 where it is a password that is missing, 3 without memory.</returns>
    public static int Serve(IReadOnlyList<string> arguments)
    {
        try
        {
            using var input = Console.OpenStandardInput();
            var source = new Source(arguments[0], DocumentReader.ReadAll(input, arguments[0]))
            {
                Folder = arguments.Count > 1 ? arguments[1] : null,
            };
            using var output = Console.OpenStandardOutput();
            // A blank before the JSON is a sign to the one who waits for it that the work goes on.
            var options = new ReadingOptions
            {
                Password = Environment.GetEnvironmentVariable(PasswordVariable),
                Progress = () => { lock (output) output.WriteByte((byte)' '); },
            };
            output.Write(Encoding.UTF8.GetBytes(DocumentJson.Write(DocumentReader.Read(source, options))));
            return 0;
        }
        catch (OutOfMemoryException)
        {
            return OutOfMemory;
        }
        catch (Exception exception)
        {
            using var error = Console.OpenStandardError();
            error.Write(Encoding.UTF8.GetBytes(exception is BadFileException ? exception.Message
                : $"its reader failed, please report it ({exception.GetType().Name}: "
                    + $"{exception.Message.ReplaceLineEndings(" ")})"));
            return exception is BadFileException { NeedsPassword: true } ? NeedsPassword : 1;
        }
    }

    private Document ReadApart(Source source, string? path, string? password, CancellationToken cancellation)
    {
        using var process = Process.Start(StartOf(source.Name, path, password))!;
        try
        {
            var complaint = process.StandardError.ReadToEndAsync(cancellation);
            var answer = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(answer, cancellation);
            var sending = Send(process, source.Bytes);
            var allowed = Allowance + TimeSpan.FromSeconds(SecondsPerMiB * source.Bytes.Length / (1 << 20));
            var clock = Stopwatch.StartNew();
            var (signs, worked) = (0L, TimeSpan.Zero);
            while (!process.WaitForExit(50))
            {
                cancellation.ThrowIfCancellationRequested();
                var work = Work(process);
                if (answer.Length > signs)
                {
                    (signs, worked) = (answer.Length, work);
                    clock.Restart();
                }
                if (work - worked > allowed || clock.Elapsed > allowed * 4 || work.TotalSeconds > SecondsInAll)
                    throw source.Bad(string.Create(CultureInfo.InvariantCulture,
                        $"reading it took more than {allowed.TotalSeconds:0.#} seconds of work: it is damaged, "
                            + $"nested too deeply, or far larger unpacked than packed"));
            }
            process.WaitForExit();
            Task.WaitAll([sending, reading], cancellation);
            return process.ExitCode switch
            {
                0 => DocumentJson.Read(answer.GetBuffer().AsMemory(0, (int)answer.Length)),
                1 or NeedsPassword => throw Complaint(source, complaint.Result, process.ExitCode == NeedsPassword),
                _ => throw source.Bad("reading it exhausts its share of memory: it is damaged, nested too deeply, or "
                    + "far larger unpacked than packed" + AddressSpace.Hint),
            };
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The processor's time that a process has taken; zero where it ended before it could be asked.</summary>
    internal static TimeSpan Work(Process process)
    {
        try
        {
            return process.TotalProcessorTime;
        }
        catch (Exception ended) when (ended is InvalidOperationException or Win32Exception)
        {
            return TimeSpan.Zero; // either is thrown, as it has been waited for already or not
        }
    }

    private ProcessStartInfo StartOf(string name, string? path, string? password)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var argument in command.Skip(1).Append(Verb).Append(name))
            start.ArgumentList.Add(argument);
        if (Path.GetDirectoryName(path is null ? null : Path.GetFullPath(path)) is { } folder)
            start.ArgumentList.Add(folder);
        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit;
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        if (password is not null) start.Environment[PasswordVariable] = password;
        return start;
    }

    private static async Task Send(Process process, byte[] bytes)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(bytes);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has ended before it read all; its exit code says why.
        }
    }

    /// <summary>The sentence of the process is about the same document: its name stands before it once.</summary>
    private static BadFileException Complaint(Source source, string said, bool needsPassword)
        => source.Bad((said.StartsWith(source.Name, StringComparison.Ordinal)
            ? said[source.Name.Length..] : said).TrimStart(':', ' '), needsPassword: needsPassword);
}
