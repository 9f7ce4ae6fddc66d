using System.Diagnostics;
using LongT5.Cli.Output;
using LongT5.Generation;
using LongT5.Machine;
using LongT5.Tasks;

namespace LongT5.Cli;

/// <summary>Reads and writes at several lengths, and says how far that is from what the machine can do.</summary>
/// <param name="model">The model.</param>
/// <param name="tokens">Tokens to write.</param>
/// <param name="beams">Beams of the second writing.</param>
sealed class Bench(LongT5Model model, int tokens, int beams)
{
    /// <summary>Measures the machine, then each length.</summary>
    /// <param name="lengths">Tokens to read.</param>
    /// <param name="limit">Leaves out the lengths that would take longer than this together; null measures all.</param>
    /// <param name="progress">Hears of each layer.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public BenchReport Run(int[] lengths, TimeSpan? limit, IProgress<GenerationProgress>? progress,
        CancellationToken cancellation)
    {
        var machine = MachineSpeed.Measure(model.Workers);
        WarmUp(cancellation);
        var report = new BenchReport(model, machine);
        foreach (var length in lengths.Order())
        {
            var expected = Expected(length, machine);
            if (expected > limit)
            {
                report.LeftOut.Add((length, expected));
                continue;
            }
            limit -= expected;
            Measure(length, report, progress, cancellation);
        }
        return report;
    }

    private void Measure(int length, BenchReport report, IProgress<GenerationProgress>? progress,
        CancellationToken cancellation)
    {
        int[] ids = [.. Enumerable.Range(0, length).Select(i => 5 + i * 7919 % (model.Config.VocabSize - 5))];
        int[] searches = !model.Engine.HasDecoder ? [] : beams > 1 ? [1, beams] : [1];
        MachineMemory.ForgetPeak();
        var clock = Stopwatch.StartNew();
        var encoded = model.Encode(ids, progress, cancellation);
        var encoding = clock.Elapsed;
        report.Read.Add(new(length, encoding, ModelWork.Encode(model.Config, length), MachineMemory.PeakOfProcess));
        foreach (var rows in searches)
        {
            MachineMemory.ForgetPeak();
            clock.Restart();
            using var session = model.Engine.StartDecoding([encoded], cancellation);
            if (rows == searches[^1])
                encoded.Dispose();
            var starting = clock.Elapsed;
            clock.Restart();
            Generator.Run(session, [ids], Options(rows), cancellation: cancellation);
            var bytes = tokens * model.Engine.StepBytes(length, tokens / 2.0);
            report.Wrote.Add(new(length, rows, tokens, starting, clock.Elapsed, bytes, MachineMemory.PeakOfProcess));
        }
        encoded.Dispose();
    }

    /// <summary>First calls are compiled; that is no part of what is measured.</summary>
    private void WarmUp(CancellationToken cancellation)
    {
        int[] ids = [.. Enumerable.Repeat(model.Config.VocabSize - 1, 300)];
        using var encoded = model.Encode(ids, cancellation: cancellation);
        if (!model.Engine.HasDecoder)
            return;
        foreach (var rows in new[] { 1, beams })
        {
            using var session = model.Engine.StartDecoding([encoded], cancellation);
            Generator.Run(session, [ids], Options(rows) with { MaxNewTokens = 2, MinNewTokens = 2 },
                cancellation: cancellation);
        }
    }

    private GenerationOptions Options(int rows) => new()
    {
        NumBeams = rows,
        MaxNewTokens = tokens,
        MinNewTokens = tokens,
        DecoderStartTokenId = model.Defaults.DecoderStartTokenId ?? model.Config.PadTokenId,
        EosTokenId = model.Defaults.EosTokenId,
        PadTokenId = model.Defaults.PadTokenId,
    };

    /// <summary>About how long a length takes, at half of what the machine can do.</summary>
    private TimeSpan Expected(int length, MachineSpeed machine)
    {
        var read = ModelWork.Encode(model.Config, length);
        var wrote = 0.0;
        if (model.Engine.HasDecoder)
        {
            read += 2 * ModelWork.CrossMemory(model.Config, length);
            wrote = 2 * tokens * model.Engine.StepBytes(length, tokens / 2.0);
        }
        return TimeSpan.FromSeconds(2 * (read / machine.PeakOperations + wrote / machine.StreamBytes));
    }
}
