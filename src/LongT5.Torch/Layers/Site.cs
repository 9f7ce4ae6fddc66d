namespace LongT5.Torch.Layers;

/// <summary>A place in the model, where a part of it is made.</summary>
/// <param name="Config">The shape of the model.</param>
/// <param name="Options">Where and how it computes.</param>
/// <param name="Name">What checkpoints call the part; empty for the model itself.</param>
sealed record Site(LongT5Config Config, TorchOptions Options, string Name = "")
{
    /// <summary>A place within this one.</summary>
    public Site At(string part) => this with { Name = Name.Length == 0 ? part : $"{Name}.{part}" };

    /// <summary>A linear map within this place.</summary>
    public Linear Linear(string part, long inputs, long outputs)
    {
        var site = At(part);
        return Config.Extensions.LowRank.TryGetValue(site.Name, out var rank)
            ? new LowRankLinear(site, inputs, outputs, rank) : new MatrixLinear(site, inputs, outputs);
    }
}
