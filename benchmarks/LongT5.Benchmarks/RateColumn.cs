using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Running;
using LongT5.Tasks;

namespace LongT5.Benchmarks;

using Summary = BenchmarkDotNet.Reports.Summary;
using SummaryStyle = BenchmarkDotNet.Reports.SummaryStyle;

/// <summary>What one call of a benchmark does; null where a rate would say nothing.</summary>
public record struct Work(double? Operations, double? Bytes);

/// <summary>A benchmark that knows how much it does, for the parameters that are set.</summary>
public interface IMeasured
{
    /// <summary>Floating-point operations and bytes of memory of one call of a method.</summary>
    Work WorkOf(string method);
}

/// <summary>
/// Work over time: to be held against the peak and the stream that <see cref="MachineBenchmark"/> measures.
/// </summary>
public sealed class RateColumn(string name, Func<Work, double?> amount) : IColumn
{
    public string Id => $"{nameof(RateColumn)}.{name}";

    public string ColumnName => name;

    public string Legend => $"{name}: 10^9 a second of one call, over its mean time";

    public bool AlwaysShow => true;

    public ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(benchmarkCase);
        var type = benchmarkCase.Descriptor.Type;
        if (summary[benchmarkCase]?.ResultStatistics is not { } statistics
            || Activator.CreateInstance(type) is not IMeasured measured)
            return "-";
        foreach (var parameter in benchmarkCase.Parameters.Items)
            type.GetProperty(parameter.Name)!.SetValue(measured, parameter.Value);
        return amount(measured.WorkOf(benchmarkCase.Descriptor.WorkloadMethod.Name)) is { } work
            ? (work / statistics.Mean).ToString("F1", null)
            : "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
        => GetValue(summary, benchmarkCase);
}
