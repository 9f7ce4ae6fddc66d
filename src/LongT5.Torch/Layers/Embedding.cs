using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Layers;

/// <summary>A vector for each id of the vocabulary, which a matrix may widen to the model's width.</summary>
sealed class Embedding
{
    readonly Table _shared; // [V, C], or [V, E] where it is widened
    readonly Table? _projection; // [C, E]
    readonly ScalarType _type;

    public Embedding(Site site)
    {
        var (config, rank) = (site.Config, site.Config.Extensions.EmbeddingRank);
        _type = site.Options.MatrixType;
        _shared = new Table(config.VocabSize, rank ?? config.DModel, site.Options);
        _projection = rank is { } width ? new Table(config.DModel, width, site.Options) : null;
    }

    /// <summary>Its parts, by the names that checkpoints have for them.</summary>
    public IEnumerable<(string Name, nn.Module Module)> Parts
        => _projection is null ? [("shared", _shared)] : [("shared", _shared), ("shared_projection", _projection)];

    /// <summary>The table.</summary>
    public Parameter Weight => _shared.Weight;

    /// <param name="ids">[B, L]</param>
    /// <returns>[B, L, C]</returns>
    public Tensor Of(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var rows = Weight.index_select(0, ids.view(-1)).view(ids.shape[0], ids.shape[1], -1);
        return (_projection is null ? rows
            : nn.functional.linear(rows.to_type(_type), _projection.Weight.to_type(_type)).to_type(ScalarType.Float32))
            .MoveToOuterDisposeScope();
    }

    /// <summary>What the table multiplies where it is the head.</summary>
    /// <param name="states">[..., C]</param>
    /// <returns>[..., C], or [..., E] where the table is widened.</returns>
    public Tensor BeforeTable(Tensor states)
        => _projection is null ? states : states.to_type(_type).matmul(_projection.Weight.to_type(_type));
}
