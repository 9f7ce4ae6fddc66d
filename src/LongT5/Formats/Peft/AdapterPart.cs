// Shapes: O outputs, C inputs of a linear map; R rank, M width of a bottleneck.

using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>What an adapter has beside one matrix of a model.</summary>
abstract record AdapterPart;

/// <summary>y = W x + scale · (B (A x) + b), rescaled row by row to the magnitudes where there are any.</summary>
/// <param name="Down">A [R, C]; of an embedding [R, rows].</param>
/// <param name="Up">B [O, R]; of an embedding [columns, R].</param>
/// <param name="Scale">Of the product.</param>
/// <param name="Bias">b [O], or null.</param>
/// <param name="Magnitudes">[O], or null.</param>
sealed record LoraPart(StoredTensor Down, StoredTensor Up, float Scale, StoredTensor? Bias, StoredTensor? Magnitudes)
    : AdapterPart;

/// <summary>y = scales · W x, or y = W (scales · x).</summary>
/// <param name="Scales">[O] or [C].</param>
/// <param name="IsOfInputs">Which.</param>
sealed record Ia3Part(StoredTensor Scales, bool IsOfInputs) : AdapterPart;

/// <summary>y = h + U f(D h + d) + u with h = W x.</summary>
/// <param name="Down">D [M, O].</param>
/// <param name="DownBias">d [M].</param>
/// <param name="Up">U [O, M].</param>
/// <param name="UpBias">u [O].</param>
/// <param name="NonLinearity">f.</param>
sealed record BottleneckPart(
    StoredTensor Down, StoredTensor DownBias, StoredTensor Up, StoredTensor UpBias, Activation NonLinearity)
        : AdapterPart;
