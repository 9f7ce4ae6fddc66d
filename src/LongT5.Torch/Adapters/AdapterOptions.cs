using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace LongT5.Torch.Adapters;

/// <summary>The ways to train a few numbers beside a model that stays as it is.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AdapterMethod>))]
public enum AdapterMethod
{
    /// <summary>Low-rank products beside matrices (Hu et al. 2021).</summary>
    [JsonStringEnumMemberName("lora")]
    Lora,

    /// <summary>The same, with a magnitude for each output (Liu et al. 2024).</summary>
    [JsonStringEnumMemberName("dora")]
    Dora,

    /// <summary>A factor for each output, or input, of matrices (Liu et al. 2022).</summary>
    [JsonStringEnumMemberName("ia3")]
    Ia3,

    /// <summary>A bottleneck behind every sub-layer (Houlsby et al. 2019).</summary>
    [JsonStringEnumMemberName("houlsby")]
    Houlsby,

    /// <summary>A bottleneck behind the feed-forward alone (Pfeiffer et al. 2020).</summary>
    [JsonStringEnumMemberName("pfeiffer")]
    Pfeiffer,
}

/// <summary>Between the two matrices of a bottleneck.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NonLinearity>))]
public enum NonLinearity
{
    /// <summary>x Phi(x).</summary>
    [JsonStringEnumMemberName("gelu")]
    Gelu,

    /// <summary>max(x, 0).</summary>
    [JsonStringEnumMemberName("relu")]
    Relu,

    /// <summary>x sigmoid(x).</summary>
    [JsonStringEnumMemberName("silu")]
    Silu,
}

/// <summary>An adapter: what stands beside which parts of a model. Names are those of PEFT's options.</summary>
public sealed record AdapterOptions
{
    /// <summary>The method.</summary>
    public AdapterMethod Kind { get; init; }

    /// <summary>
    /// The folder of an adapter of the same shape that training goes on from; null for one that changes nothing yet.
    /// </summary>
    public string? From { get; init; }

    /// <summary>LoRA, DoRA: the rank of the products.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>LoRA, DoRA: a product counts alpha / rank times.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>LoRA, DoRA: whether it counts alpha / sqrt(rank) times instead (Kalajdzievski 2023).</summary>
    public bool RankStabilized { get; init; }

    /// <summary>
    /// LoRA, DoRA: share of what enters a product that is dropped in a step of training (PEFT's lora_dropout).
    /// </summary>
    public double Dropout { get; init; }

    /// <summary>The matrices, by the ends of their names; null for q and v, or for k, v and wo with IA3.</summary>
    public string[]? Targets { get; init; }

    /// <summary>IA3: those of them whose inputs are scaled, not their outputs.</summary>
    public string[] FeedForward { get; init; } = ["wo"];

    /// <summary>LoRA, DoRA: other ranks, by the ends of the names of matrices.</summary>
    public Dictionary<string, int>? RankPattern { get; init; }

    /// <summary>LoRA, DoRA: other alphas, by the ends of the names of matrices.</summary>
    public Dictionary<string, double>? AlphaPattern { get; init; }

    /// <summary>
    /// Parts of the model that are trained whole and kept with the adapter, by the ends of their names: lm_head.
    /// </summary>
    public string[]? ModulesToSave { get; init; }

    /// <summary>Bottlenecks: their width.</summary>
    public int Size { get; init; } = 64;

    /// <summary>Bottlenecks: what stands between their matrices.</summary>
    public NonLinearity NonLinearity { get; init; }

    /// <summary>Bottlenecks: whether the model's norms are trained too.</summary>
    public bool TrainNorms { get; init; } = true;

    /// <summary>Whether a bottleneck follows sub-layers.</summary>
    [JsonIgnore]
    public bool IsBottleneck => Kind is AdapterMethod.Houlsby or AdapterMethod.Pfeiffer;

    /// <summary>Whether low-rank products stand beside matrices.</summary>
    [JsonIgnore]
    public bool IsLowRank => Kind is AdapterMethod.Lora or AdapterMethod.Dora;

    /// <summary>The ends of the names of the matrices that something stands beside.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> TargetModules
        => IsBottleneck ? [] : Targets ?? (Kind == AdapterMethod.Ia3 ? ["k", "v", "wo"] : ["q", "v"]);

    /// <summary>What options call the method.</summary>
    [JsonIgnore]
    public string Name => JsonSerializer.SerializeToElement(Kind).GetString()!;

    /// <summary>What is said of another method than this one, and of which; null where nothing is.</summary>
    internal (string Name, string About)? Idle()
    {
        const string LowRank = "lora and dora", Bottlenecks = "houlsby and pfeiffer";
        var usual = new AdapterOptions();
        (string Name, string About, bool IsIdle)[] said =
        [
            ("rank (--rank)", LowRank, !IsLowRank && Rank != usual.Rank),
            ("alpha (--alpha)", LowRank, !IsLowRank && Alpha != usual.Alpha),
            ("rankStabilized", LowRank, !IsLowRank && RankStabilized),
            ("dropout (--adapter-dropout)", LowRank, !IsLowRank && Dropout > 0),
            ("rankPattern", LowRank, !IsLowRank && RankPattern is not null),
            ("alphaPattern", LowRank, !IsLowRank && AlphaPattern is not null),
            ("feedForward", "ia3", Kind != AdapterMethod.Ia3 && !FeedForward.SequenceEqual(usual.FeedForward)),
            ("targets", $"{LowRank}, and ia3", IsBottleneck && Targets is not null),
            ("size (--adapter-size)", Bottlenecks, !IsBottleneck && Size != usual.Size),
            ("nonLinearity", Bottlenecks, !IsBottleneck && NonLinearity != usual.NonLinearity),
            ("trainNorms", Bottlenecks, !IsBottleneck && TrainNorms != usual.TrainNorms),
        ];
        return said.Where(one => one.IsIdle).Select(one => ((string, string)?)(one.Name, one.About)).FirstOrDefault();
    }

    /// <summary>The rank beside a matrix.</summary>
    internal int RankOf(string module) => Matching(RankPattern, module, Rank);

    /// <summary>How often a product beside a matrix counts.</summary>
    internal double ScaleOf(string module)
        => Matching(AlphaPattern, module, Alpha) / (RankStabilized ? Math.Sqrt(RankOf(module)) : RankOf(module));

    /// <summary>PEFT's rule: a name is meant by its end, from a dot on.</summary>
    internal static bool EndsWith(string module, string end)
        => module == end || module.EndsWith($".{end}", StringComparison.Ordinal);

    static T Matching<T>(Dictionary<string, T>? patterns, string module, T otherwise)
    {
        foreach (var (pattern, value) in patterns ?? [])
            if (Regex.IsMatch(module, $@"^(?:.*\.)?(?:{pattern})$", RegexOptions.NonBacktracking)) return value;
        return otherwise;
    }
}
