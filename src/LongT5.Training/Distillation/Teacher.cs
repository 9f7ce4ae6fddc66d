using LongT5.Training.Data;

namespace LongT5.Training.Distillation;

/// <summary>Whoever a student learns from.</summary>
abstract class Teacher : IDisposable
{
    /// <summary>What it says of a batch; without gradients.</summary>
    /// <param name="examples">The examples of the batch.</param>
    /// <param name="layers">Gets what lies between input and output; null where that is not wanted.</param>
    public abstract TeacherPass Take(IReadOnlyList<TokenizedExample> examples, LayerStates? layers);

    /// <inheritdoc/>
    public abstract void Dispose();
}
