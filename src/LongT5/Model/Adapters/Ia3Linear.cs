// Shapes: N rows, C inputs, O outputs.

using LongT5.Kernels;

namespace LongT5.Model.Adapters;

/// <summary>y = s · W x, or y = W (s · x): IA3.</summary>
/// <param name="map">W.</param>
/// <param name="scales">s: [C] or [O].</param>
/// <param name="inputs">C where the inputs are scaled, else 0.</param>
sealed unsafe class Ia3Linear(Linear map, float* scales, int inputs) : Linear
{
    public override int Outputs => map.Outputs;

    public override double Bytes => map.Bytes;

    public override void Apply(Place place, float* x, int rows, float* y, Workers workers, bool add = false)
    {
        using var scaled = Scratch.Rent((long)rows * (inputs > 0 ? inputs : Outputs));
        if (inputs > 0)
        {
            Columns.Scale(x, rows, inputs, scales, scaled.Pointer, add: false, workers);          // [N, C]
            map.Apply(place, scaled.Pointer, rows, y, workers, add);
            return;
        }
        map.Apply(place, x, rows, scaled.Pointer, workers);                                       // [N, O]
        Columns.Scale(scaled.Pointer, rows, Outputs, scales, y, add, workers);
    }
}
