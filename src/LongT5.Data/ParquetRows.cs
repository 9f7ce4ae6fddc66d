using System.Collections;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using LongT5.Formats;
using Parquet.Serialization;

namespace LongT5.Data;

/// <summary>The rows of a Parquet file, read in a process of its own.</summary>
/// <remarks>
/// The library that reads Parquet can spin or allocate without bound on a damaged file, and nothing inside a process
/// can stop that. So the program starts itself a second time with <see cref="Verb"/>, under a limit of memory, and
/// ends that process when it stays silent.
/// </remarks>
public static class ParquetRows
{
    /// <summary>The first argument that makes a program of this project the reading process.</summary>
    public const string Verb = "parquet-rows";

    /// <summary>A row group of the hub's exports holds 1,000 rows and is read in a few seconds.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    private const string MemoryLimit = "100000000"; // hexadecimal: 4 GiB

    /// <summary>How to start the program that <see cref="Serve"/>s; by default the one that is running.</summary>
    internal static IReadOnlyList<string> Program { get; set; } = Running();

    /// <summary>The reading process: writes the rows of <paramref name="path"/> as JSON Lines.</summary>
    /// <returns>The exit code: 0, or 1 with the reason on the error stream.</returns>
    public static int Serve(string path, Stream output, TextWriter errors)
    {
        try
        {
            using var file = File.OpenRead(path);
            using var writer = new Utf8JsonWriter(output);
            for (var group = 0; ; group++)
            {
                file.Position = 0;
                var read = ParquetSerializer.DeserializeUntypedAsync(file, rowGroupIndex: group).GetAwaiter().GetResult();
                foreach (var row in read.Data)
                {
                    Write(writer, row);
                    writer.Flush();
                    writer.Reset();
                    output.WriteByte((byte)'\n');
                }
                output.Flush();
            }
        }
        catch (ArgumentOutOfRangeException)
        {
            return 0; // after the last row group
        }
        catch (Exception e)
        {
            errors.WriteLine(e.Message.ReplaceLineEndings(" "));
            return 1;
        }
    }

    /// <summary>The rows of a file on disk.</summary>
    internal static IEnumerable<Row> Of(DataFile file)
    {
        if (!File.Exists(file.Where))
            throw new BadFileException(file.Where, "a Parquet file is read from disk; unpack the archive that it is in");

        var start = new ProcessStartInfo(Program[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new System.Text.UTF8Encoding(false),
        };
        foreach (var argument in Program.Skip(1)) start.ArgumentList.Add(argument);
        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(file.Where);
        start.Environment["DOTNET_GCHeapHardLimit"] = MemoryLimit;

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Program[0]} could not be started");
        try
        {
            var complaint = process.StandardError.ReadToEndAsync();
            for (var number = 1L; ; number++)
            {
                var line = process.StandardOutput.ReadLineAsync();
                if (!line.Wait(LongestSilence))
                    throw new BadFileException(file.Where, $"no row came within {LongestSilence.TotalSeconds:0} seconds after row {number - 1}: the file is damaged");
                if (line.Result is not { } text) break;
                yield return new Row(file.Where, number, JsonElement.Parse(text));
            }
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new BadFileException(file.Where, $"it is no sound Parquet file: {complaint.Result.Trim()}");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case string text: writer.WriteStringValue(text); break;
            case bool truth: writer.WriteBooleanValue(truth); break;
            case byte[] bytes: writer.WriteBase64StringValue(bytes); break;
            case IDictionary<string, object?> members:
                writer.WriteStartObject();
                foreach (var (name, member) in members)
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }
                writer.WriteEndObject();
                break;
            case IEnumerable items:
                writer.WriteStartArray();
                foreach (var item in items) Write(writer, item);
                writer.WriteEndArray();
                break;
            case sbyte or byte or short or ushort or int or uint or long or ulong or float or double or decimal:
                writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
                break;
            default: writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
        }
    }

    private static string[] Running()
    {
        var program = Environment.ProcessPath ?? "dotnet";
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0]] : [program];
    }
}
