using System.Text.Json;
using System.Text.RegularExpressions;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>The ways to stand beside a matrix.</summary>
public enum AdapterKind
{
    /// <summary>
    /// A product of two small matrices is added (Hu et al. 2021), with DoRA a row is rescaled too (Liu et al. 2024).
    /// </summary>
    Lora,

    /// <summary>Inputs or outputs are scaled one by one (Liu et al. 2022).</summary>
    Ia3,

    /// <summary>A small network follows the sub-layer (Houlsby et al. 2019, Pfeiffer et al. 2020).</summary>
    Bottleneck,
}

/// <summary>What <c>adapter_config.json</c> says of how an adapter computes; names and defaults are PEFT's.</summary>
public sealed record AdapterConfig
{
    /// <summary>
    /// Fields that say how the adapter came about, or which modules it has: the tensors themselves show that. A number
    /// in a field that is not known is a size of something that another field turns on.
    /// </summary>
    private static readonly HashSet<string> Silent =
    [
        "auto_mapping", "base_model_name_or_path", "bias", "ensure_weight_tying", "eva_config", "exclude_modules",
        "feedforward_modules", "inference_mode", "init_ia3_weights", "init_lora_weights", "layers_pattern",
        "layers_to_transform", "loftq_config", "lora_bias", "megatron_core", "modules_to_save", "parent_library",
        "peft_type",
        "peft_version", "revision", "runtime_config", "target_modules", "task_type", "rank_pattern", "alpha_pattern",
        "use_dora", "use_rslora", "non_linearity", "placement", "train_norms",
    ];

    /// <summary>
    /// Starts that leave the base as it is; the others (pissa, olora, loftq, ...) move a part of it into the adapter.
    /// </summary>
    private static readonly HashSet<string> Starts = ["gaussian", "orthogonal", "eva"];

    private IReadOnlyList<(Regex Module, double Alpha)> _alphas = [];

    /// <summary>How it computes.</summary>
    public required AdapterKind Kind { get; init; }

    /// <summary>The model that it was trained on, as its writer called it; null where the file does not say.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Whether LoRA divides by the root of the rank, not by the rank (Kalajdzievski 2023).</summary>
    public bool IsRankStabilized { get; init; }

    /// <summary>Whether rows are rescaled to magnitudes of their own (DoRA).</summary>
    public bool HasMagnitudes { get; init; }

    /// <summary>LoRA's alpha where no pattern says otherwise.</summary>
    public double Alpha { get; init; } = 8;

    /// <summary>Between the matrices of a bottleneck.</summary>
    public Activation NonLinearity { get; init; }

    /// <summary>What a product of LoRA is multiplied by.</summary>
    /// <param name="module">The module beside which it stands.</param>
    /// <param name="rank">The rank of its matrices.</param>
    public float Scale(string module, long rank)
    {
        var alpha = _alphas.FirstOrDefault(pattern => pattern.Module.IsMatch(module)) is { Module: not null } own
            ? own.Alpha : Alpha;
        return (float)(alpha / (IsRankStabilized ? Math.Sqrt(rank) : rank));
    }

    /// <exception cref="BadFileException">A kind of adapter, or an option of
    /// one, that is not computed here.</exception>
    internal static AdapterConfig Read(JsonField fields)
    {
        foreach (var (name, value) in fields.Properties())
        {
            if (!Silent.Contains(name) && Asks(value.Element))
                throw value.Expected($"nothing: {name} is not computed here");
        }
        var config = new AdapterConfig
        {
            Kind = fields["peft_type"].Given?.Text() switch
            {
                "LORA" => AdapterKind.Lora,
                "IA3" => AdapterKind.Ia3,
                "BOTTLENECK" => AdapterKind.Bottleneck,
                _ => throw fields["peft_type"].Expected("LORA, IA3 or BOTTLENECK"),
            },
            BaseModel = BaseOf(fields),
            IsRankStabilized = fields["use_rslora"].Given?.Flag() ?? false,
            HasMagnitudes = fields["use_dora"].Given?.Flag() ?? false,
            Alpha = fields["lora_alpha"].Given?.Number() ?? 8,
            _alphas = [.. fields["alpha_pattern"].Given?.Properties()
                .Select(pattern => (Pattern(pattern), pattern.Value.Number())) ?? []],
        };
        if (config.Kind == AdapterKind.Lora && fields["init_lora_weights"].Given is { IsText: true } start
            && !Starts.Contains(start.Text()))
            throw start.Expected(
                "a start that leaves the base as it is: save the adapter as one of plain LoRA (PEFT converts it)");
        return config.Kind == AdapterKind.Bottleneck ? config.AsBottleneck(fields) : config;
    }

    /// <summary>The model that it was trained on, with its revision where the file gives one.</summary>
    internal static string? BaseOf(JsonField fields)
        => fields["base_model_name_or_path"].Given?.Text() is not { Length: > 0 } name ? null
            : fields["revision"].Given?.Text() is { Length: > 0 } revision and not "main" ? $"{name}@{revision}" : name;

    private AdapterConfig AsBottleneck(JsonField fields)
    {
        if (fields["placement"].Given?.Text() is not ("houlsby" or "pfeiffer"))
            throw fields["placement"].Expected("houlsby or pfeiffer");
        fields["bottleneck_size"].Whole(1);
        return this with
        {
            NonLinearity = fields["non_linearity"].Given?.Text() switch
            {
                "relu" => Activation.Relu,
                "gelu" => Activation.Gelu,
                "silu" => Activation.Silu,
                _ => throw fields["non_linearity"].Expected("relu, gelu or silu"),
            },
        };
    }

    /// <summary>PEFT's rule: a pattern is the end of a module's name, from a dot on.</summary>
    private static Regex Pattern((string Name, JsonField Value) pattern)
    {
        try
        {
            return new($@"^(?:.*\.)?(?:{pattern.Name})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw new BadFileException(pattern.Value.Path,
                $"alpha_pattern has {pattern.Name}, which is no pattern: {wrong.Message}", null, wrong);
        }
    }

    private static bool Asks(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.String => value.GetString()!.Length > 0,
        JsonValueKind.Array => value.GetArrayLength() > 0,
        JsonValueKind.Object => value.EnumerateObject().Any(),
        _ => false,
    };
}
