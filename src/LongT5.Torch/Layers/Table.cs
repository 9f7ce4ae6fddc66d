using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Torch.Layers;

/// <summary>A row for each id: of the vocabulary, or of the buckets of distance.</summary>
sealed class Table : nn.Module
{
    public Table(long rows, long columns, TorchOptions options) : base(nameof(Table))
        => register_parameter("weight", Weight = new Parameter(zeros(rows, columns, device: options.Device)));

    public Parameter Weight { get; } // [rows, columns]
}
