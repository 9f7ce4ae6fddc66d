using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using LongT5.Data.Files;

namespace LongT5.Data.Rows;

/// <summary>The rows of a Parquet file, read by <c>LongT5.Parquet</c> in a process of its own.</summary>
/// <remarks>
/// The library that reads Parquet can spin or allocate without bound on a damaged file, and nothing inside a process
/// stops that. So the reader runs under a limit of memory, and is ended when it stays silent.
/// </remarks>
static class ParquetRows
{
    /// <summary>A row group of the hub's exports holds a thousand rows and is read in seconds.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private const string MemoryLimit = "100000000"; // hexadecimal, as the runtime reads it: 4 GiB

    /// <summary>The rows of a file on disk.</summary>
    public static IEnumerable<Row> Of(DataFile file) => Of(file, LongestSilence);

    internal static IEnumerable<Row> Of(DataFile file, TimeSpan silence)
    {
        if (!File.Exists(file.Where))
            throw new BadFileException(file.Where,
                "a Parquet file is read from disk; unpack the archive that it is in");

        using var reader = Start(file.Where);
        try
        {
            var complaint = reader.StandardError.ReadToEndAsync();
            for (var number = 1L; ; number++)
            {
                var line = reader.StandardOutput.ReadLineAsync();
                if (!line.Wait(silence))
                    throw new BadFileException(file.Where, $"no row came within {silence.TotalSeconds:0} seconds "
                        + $"after row {number - 1}: the file is damaged");
                if (line.Result is not { } text) break;
                yield return new Row(file.Where, number, JsonElement.Parse(text));
            }
            if (!reader.WaitForExit(silence))
                throw new BadFileException(file.Where, "its reader did not end behind the last row");
            if (reader.ExitCode != 0)
                throw new BadFileException(file.Where, $"it is no sound Parquet file: {complaint.Result.Trim()}");
        }
        finally
        {
            if (!reader.HasExited) reader.Kill(entireProcessTree: true);
        }
    }

    private static Process Start(string path)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "LongT5.Parquet.dll");
        if (!File.Exists(program))
            throw new FileNotFoundException($"Parquet is read by a program of its own, and {program} is missing; "
                + $"convert {path} to JSONL, or use the .NET tool.");
        var start = new ProcessStartInfo(Host, [program, path])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
        };
        start.Environment["DOTNET_GCHeapHardLimit"] = MemoryLimit;
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new FileNotFoundException(
                "Parquet is read by a program of its own that needs .NET, and dotnet is not "
                + $"there; install it, or convert {path} to JSONL.", e);
        }
    }

    /// <summary>What runs programs: that which runs this one, where it is one.</summary>
    private static string Host
        => Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
}
