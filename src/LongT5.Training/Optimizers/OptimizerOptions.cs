using System.Text.Json.Serialization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Training.Optimizers;

/// <summary>Which rule turns gradients into weights.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OptimizerKind>))]
public enum OptimizerKind
{
    /// <summary>Adafactor as T5X has it: what LongT5 was trained with.</summary>
    [JsonStringEnumMemberName("adafactor")]
    Adafactor,

    /// <summary>Adafactor as transformers has it.</summary>
    [JsonStringEnumMemberName("adafactor-hf")]
    AdafactorHuggingFace,

    /// <summary>AdamW as PyTorch has it.</summary>
    [JsonStringEnumMemberName("adamw")]
    AdamW,

    /// <summary>Muon for the matrices within layers, AdamW for embeddings, head, tables and norms.</summary>
    [JsonStringEnumMemberName("muon")]
    Muon,
}

/// <summary>The optimizer and its constants.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The rule.</summary>
    public OptimizerKind Kind { get; init; }

    /// <summary>The learning rate, before the schedule.</summary>
    public double Rate { get; init; } = 1e-3;

    /// <summary>AdamW: decay of the mean of the gradients.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW: decay of the mean of their squares.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>Share of the rate by which every weight shrinks in a step.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Adafactor: whether the rate is a share of each weight's own root mean square.</summary>
    public bool ScaleByParameter { get; init; } = true;

    /// <summary>The arithmetic of Muon's products; follows the model's.</summary>
    [JsonIgnore]
    internal ScalarType MatrixType { get; init; } = ScalarType.Float32;

    /// <summary>Tells of a constant that no optimizer can have.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal void Check()
    {
        Expect.NotNegative(Rate, "rate");
        Expect.PartBelowAll(Beta1, "beta1");
        Expect.PartBelowAll(Beta2, "beta2");
        Expect.NotNegative(WeightDecay, "weightDecay");
    }

    /// <summary>The optimizers for these weights; each weight belongs to exactly one.</summary>
    internal Optimizer[] Create(IReadOnlyList<(string Name, Parameter Weight)> weights) => Kind switch
    {
        OptimizerKind.AdamW => [new AdamW(weights, this)],
        OptimizerKind.Muon => [new Muon(weights.Where(IsInner), this),
            new AdamW(weights.Where(w => !IsInner(w)), this)],
        _ => [new Adafactor(weights, this)],
    };

    static bool IsInner((string Name, Parameter Weight) parameter)
        => parameter.Weight.dim() == 2
        && !parameter.Name.Contains("relative_attention_bias", StringComparison.Ordinal)
        && !parameter.Name.StartsWith("shared", StringComparison.Ordinal)
        && !parameter.Name.StartsWith("lm_head.", StringComparison.Ordinal);
}
