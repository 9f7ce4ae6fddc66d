// Shapes: N rows, O outputs, M width of the bottleneck.

using LongT5.Kernels;

namespace LongT5.Model.Adapters;

/// <summary>y = h + U f(D h + d) + u with h = W x: a bottleneck adapter after the last matrix of a sub-layer.</summary>
/// <param name="map">W.</param>
/// <param name="down">D [M, O].</param>
/// <param name="downBias">d [M].</param>
/// <param name="up">U [O, M].</param>
/// <param name="upBias">u [O].</param>
/// <param name="nonLinearity">f.</param>
sealed unsafe class BottleneckLinear(
    Linear map, Matrix down, float* downBias, Matrix up, float* upBias, Activation nonLinearity) : Linear
{
    public override int Outputs => map.Outputs;

    public override double Bytes => map.Bytes + BytesOf(down) + BytesOf(up);

    public override void Apply(Place place, float* x, int rows, float* y, Workers workers, bool add = false)
    {
        using var output = Scratch.Rent((long)rows * Outputs);
        using var inner = Scratch.Rent((long)rows * down.Rows);
        float* h = output.Pointer, a = inner.Pointer;                                 // [N, O], [N, M]
        map.Apply(place, x, rows, h, workers);
        Multiply(place, h, rows, [new(down, a)], workers, add: false);
        Columns.Add(a, rows, down.Rows, downBias, workers);
        workers.For(rows, row => Activations.Apply(nonLinearity, a + (long)row * down.Rows, down.Rows));
        Multiply(place, a, rows, [new(up, h)], workers, add: true);
        Columns.Add(h, rows, Outputs, upBias, workers);
        var n = (long)rows * Outputs;
        if (add)
            Vectors.Add(y, h, n);
        else
            Buffer.MemoryCopy(h, y, n * sizeof(float), n * sizeof(float));
    }
}
