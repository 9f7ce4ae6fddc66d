using System.Diagnostics;
using System.Globalization;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Compare;

/// <summary>Our side of a job: the process that is measured.</summary>
static class OurJob
{
    public static Measured Run(Job job, string model, int threads)
    {
        using var workers = new Workers(threads);
        using var checkpoint = Checkpoint.Open(model);
        using var network = Network.Load(checkpoint, workers, new EngineOptions { CrossType = job.Type == "f32" ? ElementType.F32 : ElementType.BF16 });
        var ids = Tokens(job.Length);

        var clock = Stopwatch.StartNew();
        using var encoded = network.Encode(ids);
        var encoding = clock.Elapsed.TotalSeconds;
        int[] written = [];
        clock.Restart();
        if (job.New > 0)
        {
            using var session = network.StartDecoding([encoded]);
            var options = new GenerationOptions { NumBeams = job.Beams, MaxNewTokens = job.New, MinNewTokens = job.New, DecoderStartTokenId = 0, EosTokenId = [1], PadTokenId = 0 };
            written = Generator.Run(session, [ids], options)[0].Ids;
        }
        return new Measured
        {
            EncodeS = encoding,
            DecodeS = clock.Elapsed.TotalSeconds,
            ProcessS = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds,
            PeakMib = PeakMib(),
            States = [.. new[] { 0, job.Length / 2, job.Length - 1 }.SelectMany(token => encoded.State(token)[..8].ToArray()).Select(value => (double)value)],
            Tokens = written,
        };
    }

    /// <summary>Ids that both programs make alike: a linear congruence over the ordinary pieces, then the end token.</summary>
    public static int[] Tokens(int length)
    {
        var ids = new int[length];
        var state = 12345u;
        for (var i = 0; i < length; i++)
        {
            state = state * 1664525 + 1013904223;
            ids[i] = 5 + (int)((state >> 8) % 31000);
        }
        ids[^1] = 1;
        return ids;
    }

    private static double PeakMib()
    {
        const string Peak = "VmHWM:";
        var status = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Peak, StringComparison.Ordinal)) : null;
        return status is null ? Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0
            : double.Parse(status[Peak.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture) / 1024;
    }
}
