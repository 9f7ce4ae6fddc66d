using System.Text;

namespace LongT5.Compare;

/// <summary>The tables: against the reference, against the machine, against ourselves. Medians of the runs.</summary>
sealed class Report(Results results)
{
    private readonly StringBuilder _text = new();

    public string Markdown()
    {
        var machine = results.Machine;
        _text.Append($"""
            {machine.Processor}; {machine.Threads} threads. Measured at most: {machine.PeakOperations / 1e9:0} GF/s of multiply-adds, {machine.StreamBytes / 1e9:0.0} GB/s read from memory.
            """).AppendLine().AppendLine();
        var jobs = Job.All.Where(job => results.Ours.ContainsKey(job.Name)).ToList();
        Table("job|encode s: ours|reference|ratio|decode s: ours|reference|ratio|process s: "
            + "ours|reference|ratio|peak MiB: ours|reference|ratio|runs|same",
            jobs.Where(job => job.Reference && results.Reference.ContainsKey(job.ReferenceKey)), AgainstReference);
        Table("job|encode s|GF/s|of peak|decode s|of it steps|GB/s|of stream|peak MiB|runs", jobs, AgainstMachine);
        Table("job|against|encode|decode|encode + decode|memory|calls of the decoder|same",
            jobs.Where(job => job.Against is { } other && results.Ours.ContainsKey(other)), AgainstOurselves);
        return _text.ToString();
    }

    private void Table(string header, IEnumerable<Job> jobs, Func<Job, string> row)
    {
        var rows = jobs.ToList();
        if (rows.Count == 0) return;
        _text.AppendLine($"| {header.Replace("|", " | ")} |")
            .AppendLine($"|{string.Concat(header.Split('|').Select(_ => "---|"))}");
        foreach (var job in rows)
            _text.AppendLine($"| {job.Name} | {(Failed(job) is { } error ? error : row(job))} |");
        _text.AppendLine();
    }

    private string? Failed(Job job)
        => results.Ours[job.Name].Concat(results.Reference.GetValueOrDefault(job.ReferenceKey, []))
            .FirstOrDefault(run => run.Error is not null)?.Error;

    private string AgainstReference(Job job)
    {
        var (mine, theirs) = (results.Ours[job.Name], results.Reference[job.ReferenceKey]);
        string Of(Func<Measured, double> figure, string format)
            => $"{Median(mine, figure).ToString(format)} | {Median(theirs, figure).ToString(format)} | "
                + $"{Median(theirs, figure) / Median(mine, figure):0.0}x";
        return $"{Of(run => run.EncodeS, "0.00")} | "
            + $"{(job.New == 0 ? "- | - | -" : Of(run => run.DecodeS, "0.00"))} | "
            + $"{Of(run => run.ProcessS, "0.00")} | {Of(run => run.PeakMib, "0")} "
            + $"| {mine.Count}, {theirs.Count} | {Same(mine[0], theirs[0])}";
    }

    private string AgainstMachine(Job job)
    {
        var runs = results.Ours[job.Name];
        var (encode, steps) = (Median(runs, run => run.EncodeS), Median(runs, run => run.StepsS));
        var (operations, bytes) = (runs[0].EncodeOperations / encode, steps == 0 ? 0 : runs[0].StepBytes / steps);
        var decoding = job.New == 0 ? "- | - | - | -"
            : $"{Median(runs, run => run.DecodeS):0.00} | {steps:0.00} | {bytes / 1e9:0.0} | "
                + $"{bytes / results.Machine.StreamBytes:0%}";
        return $"{encode:0.00} | {operations / 1e9:0} | {operations / results.Machine.PeakOperations:0%} | "
            + $"{decoding} | {Median(runs, run => run.PeakMib):0} | {runs.Count}";
    }

    private string AgainstOurselves(Job job)
    {
        var (runs, others) = (results.Ours[job.Name], results.Ours[job.Against!]);
        string Ratio(Func<Measured, double> figure) => Median(runs, figure) == 0
            ? "-" : $"{Median(others, figure) / Median(runs, figure):0.00}x";
        return $"{job.Against} | {Ratio(run => run.EncodeS)} | {Ratio(run => run.DecodeS)} | "
            + $"{Ratio(run => run.EncodeS + run.DecodeS)} | {Ratio(run => run.PeakMib)} "
            + $"| {others[0].Steps} -> {runs[0].Steps} | "
            + $"{(job.Lengths.SequenceEqual(Job.All.First(one => one.Name == job.Against).Lengths) ? Same(runs[0], others[0]) : "other input")}";
    }

    /// <summary>
    /// The largest difference of the states over their largest value, and whether the tokens are the same.
    /// </summary>
    private static string Same(Measured a, Measured b)
    {
        var difference = a.States.Zip(b.States, (x, y) => Math.Abs(x - y)).Max() / Math.Max(1, b.States.Max(Math.Abs));
        var alike = a.Tokens.Zip(b.Tokens).TakeWhile(pair => pair.First == pair.Second).Count();
        var tokens = a.Tokens.Length == 0 ? "" : a.Tokens.SequenceEqual(b.Tokens)
            ? ", same tokens" : $", the first {alike} of {b.Tokens.Length} tokens the same";
        return $"{(difference == 0 ? "same bits" : $"{difference:0.0e+0}")}{tokens}";
    }

    private static double Median(IEnumerable<Measured> runs, Func<Measured, double> figure)
    {
        var sorted = runs.Select(figure).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
