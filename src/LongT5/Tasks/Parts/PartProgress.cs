namespace LongT5.Tasks.Parts;

/// <summary>Says which part of a text the progress is of.</summary>
sealed class PartProgress(IProgress<GenerationProgress> whole, int part, int parts) : IProgress<GenerationProgress>
{
    /// <inheritdoc/>
    public void Report(GenerationProgress value) => whole.Report(value with { Part = part, Parts = parts });
}
