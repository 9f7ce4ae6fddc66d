// Shapes: N rows, C model width, O labels.

using LongT5.Kernels;

namespace LongT5.Model.Heads;

/// <summary>Scores of labels: a linear map with a bias, which T5 has in heads alone.</summary>
/// <param name="weights">Where its tensors are.</param>
/// <param name="module">What they are called.</param>
sealed unsafe class LabelScores(Weights weights, string module)
{
    private readonly Linear _map = weights.Linear(module);
    private readonly float* _bias = weights.Vector($"{module}.bias");                 // [O]

    /// <summary>O.</summary>
    public int Outputs => _map.Outputs;

    /// <summary>Bytes of its matrix.</summary>
    public double Bytes => _map.Bytes;

    /// <param name="place">The stack whose states these are.</param>
    /// <param name="x">[N, C].</param>
    /// <param name="rows">N.</param>
    /// <param name="y">[N, O].</param>
    /// <param name="workers">Who computes.</param>
    public void Apply(Place place, float* x, int rows, float* y, Workers workers)
    {
        _map.Apply(place, x, rows, y, workers);
        Columns.Add(y, rows, Outputs, _bias, workers);
    }
}
