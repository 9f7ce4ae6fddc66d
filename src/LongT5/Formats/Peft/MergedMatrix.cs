// Shapes: O outputs, C inputs, R rank.

using System.Numerics.Tensors;

namespace LongT5.Formats;

/// <summary>A matrix with what stands beside it made one again, row by row.</summary>
sealed class MergedMatrix
{
    private readonly StoredTensor _base;
    private readonly float[]? _baseScales;                                            // [O], of whole numbers
    private readonly float[] _down = [];                                              // [R, C]
    private readonly float[] _up = [];                                                // [O, R], scaled
    private readonly float[]? _magnitudes;                                            // [O]
    private readonly float[]? _inputScales;                                           // [C]
    private readonly float[]? _outputScales;                                          // [O]

    /// <param name="matrix">[O, C]</param>
    /// <param name="scales">[O]: what a one of each row counts, of a matrix of whole numbers.</param>
    /// <param name="part">What stands beside it.</param>
    /// <exception cref="NotSupportedException">It has a part that no matrix can hold.</exception>
    public MergedMatrix(StoredTensor matrix, StoredTensor? scales, AdapterPart part)
    {
        (_base, _baseScales, Columns) = (matrix, scales?.ToArray(), checked((int)matrix.Shape[1]));
        switch (part)
        {
            case LoraPart { Bias: null } lora:
                (_down, _up, _magnitudes) = (lora.Down.ToArray(), lora.Up.ToArray(), lora.Magnitudes?.ToArray());
                TensorPrimitives.Multiply(_up, lora.Scale, _up);
                break;
            case Ia3Part { IsOfInputs: true } ia3:
                _inputScales = ia3.Scales.ToArray();
                break;
            case Ia3Part ia3:
                _outputScales = ia3.Scales.ToArray();
                break;
            default:
                throw new NotSupportedException(
                    $"What the adapter has beside {matrix.Name} cannot be merged into a matrix.");
        }
    }

    /// <summary>C.</summary>
    public int Columns { get; }

    /// <summary>A row of the whole: [C].</summary>
    public void Row(int row, Span<float> target)
    {
        var factor = Factor(row, target) * (_outputScales?[row] ?? 1);
        TensorPrimitives.Multiply(target, factor, target);
        if (_inputScales is not null)
            TensorPrimitives.Multiply(target, _inputScales, target);
    }

    /// <summary>What DoRA multiplies a row by: its magnitude over the length of W + B A.</summary>
    /// <param name="row">The row.</param>
    /// <param name="sum">[C]: receives the row of W + B A.</param>
    public float Factor(int row, Span<float> sum)
    {
        BaseRow(row, sum);
        var rank = _up.Length == 0 ? 0 : _up.Length / checked((int)_base.Shape[0]);
        for (var k = 0; k < rank; k++)
            TensorPrimitives.MultiplyAdd(_down.AsSpan(k * Columns, Columns), _up[row * rank + k], sum, sum);
        return _magnitudes is null ? 1 : _magnitudes[row] / TensorPrimitives.Norm<float>(sum);
    }

    private unsafe void BaseRow(int row, Span<float> target)
    {
        if (_baseScales is null)
        {
            _base.CopyTo((long)row * Columns, target);
            return;
        }
        var data = _base.Data + (long)row * Columns * _base.Type.Size();
        for (var i = 0; i < Columns; i++)
            target[i] = (_base.Type == ElementType.I8 ? ((sbyte*)data)[i] : ((short*)data)[i]) * _baseScales[row];
    }
}
