using static TorchSharp.torch;

namespace LongT5.Torch.Heads;

/// <summary>A head of labels in place of the vocabulary, under the names that transformers has for it.</summary>
abstract class LabelHead(string name) : nn.Module(name)
{
    /// <summary>The head of a kind; null where it writes text, or is none.</summary>
    /// <param name="head">The kind.</param>
    /// <param name="config">The width, and the labels.</param>
    /// <param name="options">Where it lies.</param>
    public static LabelHead? Of(ModelHead head, LongT5Config config, TorchOptions options) => head switch
    {
        ModelHead.Sequence => new SequenceHead(config, options),
        ModelHead.Tokens => new PlaceHead("classifier", config, options),
        ModelHead.Spans => new PlaceHead("qa_outputs", config, options),
        _ => null,
    };

    /// <summary>Its modules by their names beside the model's.</summary>
    public abstract IEnumerable<(string Name, nn.Module Module)> Parts { get; }

    /// <summary>The maps that it is made of.</summary>
    public abstract IReadOnlyList<LabelScores> Maps { get; }

    /// <param name="states">The last states, [B, L, C].</param>
    /// <param name="lengths">Real tokens of each row.</param>
    /// <returns>[B, O] of a whole text, [B, L, O] of its tokens.</returns>
    public abstract Tensor Forward(Tensor states, IReadOnlyList<int> lengths);
}

/// <summary>Labels or numbers of a whole text: out(tanh(dense(h))) of the decoder's state at the end token.</summary>
sealed class SequenceHead : LabelHead
{
    readonly LabelScores _dense, _out;

    public SequenceHead(LongT5Config config, TorchOptions options) : base("classification_head")
    {
        register_module("dense", _dense = new(config.DModel, config.DModel, options));
        register_module("out_proj", _out = new(config.DModel, config.Labels.Count, options));
    }

    public override IEnumerable<(string Name, nn.Module Module)> Parts => [("classification_head", this)];

    public override IReadOnlyList<LabelScores> Maps => [_dense, _out];

    public override Tensor Forward(Tensor states, IReadOnlyList<int> lengths)
    {
        using var scope = NewDisposeScope();
        long[] ends = [.. lengths.Select((length, row) => row * states.shape[1] + length - 1)];
        var end = states.reshape(-1, states.shape[^1]).index_select(0, tensor(ends, device: states.device));
        return _out.Forward(_dense.Forward(end).tanh()).MoveToOuterDisposeScope();
    }
}

/// <summary>Labels of each token, or how likely an answer begins and ends there: one map of every state.</summary>
sealed class PlaceHead : LabelHead
{
    readonly string _name;
    readonly LabelScores _scores;

    public PlaceHead(string name, LongT5Config config, TorchOptions options) : base(name)
        => (_name, _scores) = (name, new(config.DModel, config.Labels.Count, options));

    public override IEnumerable<(string Name, nn.Module Module)> Parts => [(_name, _scores)];

    public override IReadOnlyList<LabelScores> Maps => [_scores];

    public override Tensor Forward(Tensor states, IReadOnlyList<int> lengths) => _scores.Forward(states);
}
