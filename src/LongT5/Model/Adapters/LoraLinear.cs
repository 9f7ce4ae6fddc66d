// Shapes: N rows, C inputs, O outputs, R rank.

using LongT5.Kernels;

namespace LongT5.Model.Adapters;

/// <summary>y = m · (W x + B (A x) + b): LoRA and, with m, DoRA. The base is read as it lies.</summary>
/// <param name="map">W.</param>
/// <param name="down">A [R, C].</param>
/// <param name="up">B [O, R], scaled.</param>
/// <param name="bias">b [O], scaled; null for none.</param>
/// <param name="factors">m [O]: of each output; null for ones.</param>
sealed unsafe class LoraLinear(Linear map, Matrix down, Matrix up, float* bias, float* factors) : Linear
{
    public override int Outputs => map.Outputs;

    public override double Bytes => map.Bytes + BytesOf(down) + BytesOf(up);

    public override void Apply(Place place, float* x, int rows, float* y, Workers workers, bool add = false)
    {
        if (factors is null)
        {
            Sum(place, x, rows, y, workers, add);
            return;
        }
        using var whole = Scratch.Rent((long)rows * Outputs);                         // [N, O]
        Sum(place, x, rows, whole.Pointer, workers, add: false);
        Columns.Scale(whole.Pointer, rows, Outputs, factors, y, add, workers);
    }

    private void Sum(Place place, float* x, int rows, float* y, Workers workers, bool add)
    {
        map.Apply(place, x, rows, y, workers, add);
        using var middle = Scratch.Rent((long)rows * down.Rows);                      // [N, R]
        Multiply(place, x, rows, [new(down, middle.Pointer)], workers, add: false);
        Multiply(place, middle.Pointer, rows, [new(up, y)], workers, add: true);
        if (bias is not null)
            Columns.Add(y, rows, Outputs, bias, workers);
    }
}
