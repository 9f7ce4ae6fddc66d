using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Layers;

/// <summary>A vector for each id of the vocabulary, which a matrix may widen to the model's width.</summary>
/// <param name="shared">[V, C], or [V, E] where it is widened.</param>
/// <param name="projection">[C, E]</param>
/// <param name="type">Of the products.</param>
sealed class Embedding(Table shared, Table? projection, ScalarType type)
{
    public static Embedding Of(Site site)
    {
        var (config, rank) = (site.Config, site.Config.Extensions.EmbeddingRank);
        return new(new Table(config.VocabSize, rank ?? config.DModel, site.Options),
            rank is { } width ? new Table(config.DModel, width, site.Options) : null, site.Options.MatrixType);
    }

    /// <summary>Its parts, by the names that checkpoints have for them.</summary>
    public IEnumerable<(string Name, nn.Module Module)> Parts
        => projection is null ? [("shared", shared)] : [("shared", shared), ("shared_projection", projection)];

    /// <summary>The table.</summary>
    public Parameter Weight => shared.Weight;

    /// <param name="ids">[B, L]</param>
    /// <returns>[B, L, C]</returns>
    public Tensor Of(Tensor ids)
    {
        using var scope = NewDisposeScope();
        var rows = Weight.index_select(0, ids.view(-1)).view(ids.shape[0], ids.shape[1], -1);
        return (projection is null ? rows
            : nn.functional.linear(rows.to_type(type), projection.Weight.to_type(type)).to_type(ScalarType.Float32))
            .MoveToOuterDisposeScope();
    }

    /// <summary>What the table multiplies where it is the head.</summary>
    /// <param name="states">[..., C]</param>
    /// <returns>[..., C], or [..., E] where the table is widened.</returns>
    public Tensor BeforeTable(Tensor states)
        => projection is null ? states : states.to_type(type).matmul(projection.Weight.to_type(type));
}
