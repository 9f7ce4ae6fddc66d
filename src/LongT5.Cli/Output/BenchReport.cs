using System.Globalization;
using System.Text.Json;
using LongT5.Hub;
using LongT5.Machine;

namespace LongT5.Cli.Output;

/// <summary>What <c>bench</c> found, in a table for people or as one JSON object.</summary>
sealed class BenchReport(LongT5Model model, MachineSpeed machine)
{
    /// <summary>The encoder over one input.</summary>
    public sealed record Reading(int Tokens, TimeSpan Time, double Operations, long Peak);

    /// <summary>The decoder after it: its view of the input (start), then one step a token.</summary>
    public sealed record Writing(int After, int Beams, int Tokens, TimeSpan Start, TimeSpan Time,
        double Bytes, long Peak);

    public List<Reading> Read { get; } = [];

    public List<Writing> Wrote { get; } = [];

    /// <summary>Lengths that were not measured, and how long they would have taken.</summary>
    public List<(int Tokens, TimeSpan Time)> LeftOut { get; } = [];

    public void WriteLines(TextWriter output)
    {
        output.WriteLine($"{"machine:",-10}{machine.Processor}; {machine.Threads} threads");
        output.WriteLine($"{"at most:",-10}{machine.PeakOperations / 1e9:0} GF/s of multiply-adds in registers, "
            + $"{machine.StreamBytes / 1e9:0.0} GB/s read from memory");
        output.WriteLine($"{"model:",-10}{model.Path}: {model.Config.NumLayers} + {model.Config.NumDecoderLayers} "
            + $"layers, {model.Config.DModel} wide");
        output.WriteLine();
        output.WriteLine($"{"read",12}{"seconds",11}{"tokens/s",11}{"GF/s",9}{"of most",9}{"peak memory",14}");
        foreach (var read in Read)
            output.WriteLine(
                $"{read.Tokens,12:N0}{read.Time.TotalSeconds,11:0.000}{Rate(read.Tokens, read.Time),11:N0}"
                    + $"{Rate(read.Operations, read.Time) / 1e9,9:0}{Share(read),9:0%}{Mebibytes(read.Peak),14}");
        if (Wrote.Count > 0)
        {
            output.WriteLine();
            output.WriteLine(
                $"{"write after",12}{"beams",7}{"start, s",10}{"tokens/s",10}{"ms/token",10}{"GB/s",8}"
                    + $"{"of most",9}{"peak memory",14}");
            foreach (var wrote in Wrote)
                output.WriteLine(
                    $"{wrote.After,12:N0}{wrote.Beams,7}{wrote.Start.TotalSeconds,10:0.000}"
                        + $"{Rate(wrote.Tokens, wrote.Time),10:0.0}"
                        + $"{wrote.Time.TotalMilliseconds / wrote.Tokens,10:0.00}"
                        + $"{Rate(wrote.Bytes, wrote.Time) / 1e9,8:0.0}{Share(wrote),9:0%}{Mebibytes(wrote.Peak),14}");
        }
        if (Read.Any(read => Share(read) > 1) || Wrote.Any(wrote => Share(wrote) > 1))
            output.WriteLine($"\nMore than 100%: whole numbers multiply faster than floats, and weights that fit are "
                + $"read from the processor's caches.");
        foreach (var (tokens, time) in LeftOut)
            output.WriteLine(
                $"\n{tokens:N0} tokens would take about {Progress.Duration(time)}: --lengths {tokens} measures them.");
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteString("machine", machine.Processor);
        writer.WriteNumber("threads", machine.Threads);
        writer.WriteNumber("peak_flops", Math.Round(machine.PeakOperations));
        writer.WriteNumber("stream_bytes_per_second", Math.Round(machine.StreamBytes));
        writer.WriteString("model", HubCache.PinnedName(model.Path) ?? model.Path);
        WriteObjects(writer, "read", Read, read =>
        {
            writer.WriteNumber("tokens", read.Tokens);
            writer.WriteNumber("seconds", Math.Round(read.Time.TotalSeconds, 4));
            writer.WriteNumber("flops", read.Operations);
            writer.WriteNumber("share_of_peak", Math.Round(Share(read), 4));
            writer.WriteNumber("peak_memory", read.Peak);
        });
        WriteObjects(writer, "write", Wrote, wrote =>
        {
            writer.WriteNumber("after", wrote.After);
            writer.WriteNumber("beams", wrote.Beams);
            writer.WriteNumber("tokens", wrote.Tokens);
            writer.WriteNumber("seconds_start", Math.Round(wrote.Start.TotalSeconds, 4));
            writer.WriteNumber("seconds", Math.Round(wrote.Time.TotalSeconds, 4));
            writer.WriteNumber("bytes_read", wrote.Bytes);
            writer.WriteNumber("share_of_stream", Math.Round(Share(wrote), 4));
            writer.WriteNumber("peak_memory", wrote.Peak);
        });
        writer.WriteNumbers("left_out", [.. LeftOut.Select(left => left.Tokens)]);
    }

    private static void WriteObjects<T>(Utf8JsonWriter writer, string name, IEnumerable<T> items, Action<T> writeFields)
    {
        writer.WriteStartArray(name);
        foreach (var item in items)
        {
            writer.WriteStartObject();
            writeFields(item);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private double Share(Reading read) => Rate(read.Operations, read.Time) / machine.PeakOperations;

    private double Share(Writing wrote) => Rate(wrote.Bytes, wrote.Time) / machine.StreamBytes;

    private static double Rate(double amount, TimeSpan time) => amount / time.TotalSeconds;

    private static string Mebibytes(long bytes)
        => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:N0} MiB");
}
