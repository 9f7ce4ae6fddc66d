using LongT5.Machine;
using LongT5.Tasks.Parts;
using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>A text on its way to its summary: read in one, or in parts.</summary>
sealed class SummaryRun
{
    private readonly string _text;
    private readonly bool _strict;
    private readonly TextGeneration? _whole;
    private readonly PartedSummary? _parts;

    /// <param name="text">The text.</param>
    /// <param name="strict">Whether doubtful sentences are left out of its summary.</param>
    /// <param name="whole">What reads it in one.</param>
    public SummaryRun(string text, bool strict, TextGeneration whole)
        => (_text, _strict, _whole) = (text, strict, whole);

    /// <param name="text">The text.</param>
    /// <param name="strict">Whether doubtful sentences are left out of its summary.</param>
    /// <param name="parts">What reads it in parts.</param>
    public SummaryRun(string text, bool strict, PartedSummary parts)
        => (_text, _strict, _parts) = (text, strict, parts);

    /// <summary>What it will take.</summary>
    public WorkEstimate Estimate => _parts?.Estimate ?? _whole!.Estimate;

    /// <summary>Reads and writes.</summary>
    /// <param name="onText">Is given the summary piece by piece, as it becomes final.</param>
    /// <param name="progress">Hears of each layer and step.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public Summary Run(
        Action<string>? onText, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
        => _parts is null ? Summarized(_whole!.Run(onText, progress, cancellation)[0])
            : _parts.Run(onText, progress, cancellation).ComparedWith(_text, _strict);

    /// <summary>Reads and writes, and gives all that was asked for, best first.</summary>
    /// <param name="progress">Hears of each layer and step.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public IReadOnlyList<Summary> RunEach(IProgress<GenerationProgress>? progress, CancellationToken cancellation)
        => _parts is null ? [.. _whole!.Run(null, progress, cancellation).Select(Summarized)]
            : [Run(null, progress, cancellation)];

    /// <summary>Runs several: those that are read in one together, the others one by one.</summary>
    /// <param name="runs">What is to be run.</param>
    /// <param name="progress">Hears of each step.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public static IReadOnlyList<Summary> RunAll(
        IReadOnlyList<SummaryRun> runs, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var inOne = TextGeneration.RunAll([.. runs.Select(run => run._whole).OfType<TextGeneration>()], progress,
            cancellation);
        var next = 0;
        return [.. runs.Select(run => run._parts is null ? run.Summarized(inOne[next++][0])
            : run.Run(null, progress, cancellation))];
    }

    /// <summary>A summary that is there already, with its passages; of a text that is read in one.</summary>
    public Summary Trace(string summary, CancellationToken cancellation)
        => Summarized(_whole!.Trace(summary, cancellation));

    /// <summary>What was written as the summary of the text.</summary>
    public Summary Summarized(GeneratedText text)
        => new Summary(text, text.SentenceTexts).ComparedWith(_text, _strict);
}
