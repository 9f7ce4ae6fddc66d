using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using LongT5.Training.Reports;

namespace LongT5.Training.Tests.Reports;

public sealed class ReportsTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void Events_are_framed_as_TensorBoard_reads_them()
    {
        using (var log = new TensorBoardLog(_folder))
            log.Add("loss", 300, 1.5);
        var bytes = File.ReadAllBytes(Directory.GetFiles(_folder, "events.out.tfevents.*").Single());
        var records = new List<byte[]>();
        for (var at = 0; at < bytes.Length;)
        {
            var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(at));
            records.Add(bytes[(at + 12)..(at + 12 + length)]);
            at += 12 + length + 4;
        }
        Assert.Equal(2, records.Count);
        Assert.Contains("brain.Event:2", Encoding.ASCII.GetString(records[0]));
        // step 300 as a varint, then the summary: its one value has the tag "loss" and the float 1.5.
        Assert.Equal([0x10, 0xAC, 0x02, 0x2A, 0x0D, 0x0A, 0x0B, 0x0A, 0x04, .. "loss"u8, 0x15, 0, 0, 0xC0, 0x3F],
            records[1][9..]);
        Assert.Equal(TensorBoardLog.Masked(bytes.AsSpan(0, 8)),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8)));
    }

    [Fact]
    public void What_a_killed_run_did_after_its_last_checkpoint_is_told_once()
    {
        var options = new TrainingOptions { Output = _folder, Steps = 9, LogEvery = 1 };
        static StepReport At(long step)
            => new(new() { Step = step }, step, new Dictionary<string, double>(), 0, 0, null);
        using (var log = new RunLog(options, new(), TextWriter.Null))
            foreach (var step in (long[])[1, 2, 3, 4]) log.Add(At(step));
        File.AppendAllText(Path.Combine(_folder, "log.jsonl"), "{\"step\":5,\"lo"); // cut with its writer
        using (var log = new RunLog(options, new() { Step = 2 }, TextWriter.Null))
            foreach (var step in (long[])[3, 4, 5]) log.Add(At(step));
        Assert.Equal([1, 2, 3, 4, 5], File.ReadLines(Path.Combine(_folder, "log.jsonl"))
            .Select(line => (int)JsonNode.Parse(line)!["step"]!));

        RunLog.Draw(_folder, Path.Combine(_folder, "loss.svg"));
        Assert.NotNull(XDocument.Load(Path.Combine(_folder, "loss.svg")).Root);
    }

    [Fact]
    public void The_checksum_is_the_CRC_32C_of_RFC_3720_rotated_and_masked()
        => Assert.Equal(unchecked(uint.RotateRight(0xE3069283, 15) + 0xA282EAD8), TensorBoardLog.Masked("123456789"u8));

    [Fact]
    public void The_drawing_is_XML_with_a_line_for_every_curve()
    {
        var svg = XDocument.Parse(
            LossPlot.Svg("a < b", "steps", "nats", new Dictionary<string, IReadOnlyList<(double, double)>>
            {
                ["loss"] = [(1, 5), (2, 4), (3, double.NaN)],
                ["held out"] = [(2, 4.5)],
            }));
        var lines = svg.Descendants().Where(element => element.Name.LocalName == "polyline").ToArray();
        Assert.Equal(2, lines.Length);
        Assert.Equal(2, lines[0].Attribute("points")!.Value.Split(' ').Length);
        var texts = svg.Descendants().Where(element => element.Name.LocalName == "text")
            .Select(element => element.Value).ToArray();
        Assert.Contains("steps", texts);
        Assert.Contains("nats", texts);
    }

    [Theory]
    [InlineData(0, 3900, new double[] { 0, 1000, 2000, 3000, 4000 })]
    [InlineData(0, 2.37, new[] { 0, 0.5, 1, 1.5, 2, 2.5 })]
    [InlineData(-0.3, 0.4, new[] { -0.4, -0.2, 0, 0.2, 0.4 })]
    [InlineData(0, 1, new[] { 0, 0.2, 0.4, 0.6, 0.8, 1 })]
    public void Axes_are_marked_at_round_numbers(double low, double high, double[] expected)
        => Assert.Equal(expected, LossPlot.RoundTicks(low, high).Select(tick => Math.Round(tick, 9)));

    [Fact]
    public void A_log_survives_a_loss_that_is_no_number()
    {
        var options = new TrainingOptions { Output = _folder, Steps = 3, LogEvery = 1 };
        foreach (var resumed in (long[])[0, 2])
        {
            using var log = new RunLog(options, new() { Step = resumed }, TextWriter.Null);
            log.Add(new(new() { Step = resumed + 1 }, double.NaN, new Dictionary<string, double>(),
                double.PositiveInfinity, 1, null));
            log.Add(new(new() { Step = resumed + 2 }, 2, new Dictionary<string, double>(), 1, 1,
                new(new Dictionary<string, Measurement> { ["rows"] = new(double.NaN, null, null) }, double.NaN)));
        }
        Assert.Equal(4, File.ReadLines(Path.Combine(_folder, "log.jsonl"))
            .Select(line => JsonNode.Parse(line)!.AsObject()).Count());
        RunLog.Draw(_folder, Path.Combine(_folder, "loss.svg"));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
