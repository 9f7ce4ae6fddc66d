using System.Runtime.InteropServices;
using LongT5.Formats;
using LongT5.Torch;
using TorchSharp;

namespace LongT5.Training.Tests.Torch;

/// <summary>A model of goldens/models or goldens/variants on tensors, with what the reference computes of it.</summary>
sealed class GoldenModel : IDisposable
{
    readonly DisposeScope _scope = torch.NewDisposeScope();
    readonly Checkpoint _checkpoint;
    readonly Safetensors _cases;

    public GoldenModel(string variant, TorchOptions? options = null, string under = "models")
    {
        _checkpoint = Checkpoint.Open(Goldens.Path(under, variant));
        _cases = Safetensors.Open(Goldens.Path(under, variant, "cases.safetensors"));
        Model = TorchWeights.Open(_checkpoint, options ?? new());
    }

    /// <summary>The variants that are at hand.</summary>
    public static TheoryData<string> Variants => [.. Goldens.Folders("models")];

    /// <summary>Those of them whose gradients are at hand too.</summary>
    public static TheoryData<string> WithGradients => [.. Goldens.Folders("models").Where(variant =>
    {
        using var cases = Safetensors.Open(Goldens.Path("models", variant, "cases.safetensors"));
        return cases.Tensors.ContainsKey("batch.grad.shared.weight");
    })];

    public TorchModel Model { get; }

    public Checkpoint Checkpoint => _checkpoint;

    public LongT5Config Config => _checkpoint.Config;

    public bool Has(string name) => _cases.Tensors.ContainsKey(name);

    public float[] Values(string name) => _cases.Tensors[name].ToArray();

    public int[] Ids(string name) => MemoryMarshal.Cast<byte, int>(_cases.Tensors[name].Bytes()).ToArray();

    /// <summary>The six rows of unequal length that losses and gradients are given for.</summary>
    public Batch Batch()
    {
        var lengths = Rows("batch.attention_mask").Select(row => row.Sum());
        var targets = Rows("batch.labels").Select(row => row.TakeWhile(id => id >= 0).ToArray());
        return new([.. Rows("batch.input_ids").Zip(lengths, (row, length) => row[..length])], [.. targets],
            Config, torch.CPU);
    }

    /// <summary>
    /// The embeddings, the output of each layer but the last, and the output of the norm behind that.
    /// </summary>
    public IReadOnlyList<torch.Tensor> HiddenStates(params int[][] inputs)
    {
        var inner = new List<torch.Tensor>();
        using var batch = Reading(inputs);
        var output = Model.Encode(batch, default, inner);
        return [.. inner.Take(Config.NumLayers), output];
    }

    /// <summary>A batch of inputs alone.</summary>
    public Batch Reading(params int[][] inputs)
        => new(inputs, [.. inputs.Select(_ => new[] { 1 })], Config, torch.CPU);

    int[][] Rows(string name)
        => [.. Ids(name).Chunk((int)_cases.Tensors[name].Shape[^1])];

    /// <summary>The largest difference, as a share of what is agreed: 5e-5 of the largest value, or of one.</summary>
    public static void Agree(ReadOnlySpan<float> expected, torch.Tensor actual, string what)
    {
        using var scope = torch.NewDisposeScope();
        var values = actual.detach().cpu().contiguous().view(-1).data<float>().ToArray();
        Assert.Equal(expected.Length, values.Length);
        float largest = 1, difference = 0;
        for (var i = 0; i < values.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs(expected[i] - values[i]) is var d && float.IsNaN(d)
                ? float.MaxValue : d);
        }
        Assert.True(difference <= 5e-5f * largest,
            $"{what} differs by {difference:g3} where the largest is {largest:g3}");
    }

    public void Dispose()
    {
        Model.Dispose();
        _cases.Dispose();
        _checkpoint.Dispose();
        _scope.Dispose();
    }
}
