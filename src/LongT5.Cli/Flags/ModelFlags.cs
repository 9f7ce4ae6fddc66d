using System.CommandLine;
using LongT5.Formats;

namespace LongT5.Cli.Flags;

/// <summary>Which model, and on how many threads.</summary>
sealed class ModelFlags
{
    private readonly Option<string?> _model = Name(
        "The model: a folder, or org/name[@revision] of the Hugging Face hub, which is fetched if it is not here. "
            + "Default: the embedded one.");
    private readonly Option<int?> _threads = new("--threads")
    {
        Description = "Threads that compute; one a processor by default. It changes no result.",
        HelpName = "N",
    };
    private readonly Option<string?> _type = new("--dtype")
    {
        Description =
            "Keep the weights in memory as f32, bf16, f16 or int8, and with the small ones the decoder's view of the "
            + "input as bf16. Default: the weights as they are stored, all else as f32.",
        HelpName = "f32|bf16|f16|int8",
    };

    private readonly Option<string?> _adapter = new("--adapter")
    {
        Description =
            "Put an adapter beside the weights: a folder as PEFT writes it (LoRA, DoRA, IA3), or a bottleneck's; or "
            + "org/name of one on the hub.",
        HelpName = "ADAPTER",
    };

    private readonly HubFlags _hub;

    public ModelFlags(Command command)
    {
        _threads.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var threads) && threads is < 1 or > 1024)
                result.AddError($"--threads must be from 1 to 1024, not {threads}.");
        });
        _type.AcceptOnlyFromAmong([.. ElementTypes.OfWeights.Keys]);
        command.Add(_model);
        command.Add(_threads);
        command.Add(_type);
        command.Add(_adapter);
        _hub = new(command);
    }

    /// <summary>Whether the network may be asked, and how.</summary>
    public HubFlags Hub => _hub;

    /// <summary>Whether an option is one of these.</summary>
    public bool Owns(Option option) => option == _model || option == _threads || option == _type || option == _adapter
        || _hub.Owns(option);

    /// <summary>The option that names a model.</summary>
    public static Option<string?> Name(string description)
        => new("--model", "-m") { Description = description, HelpName = "MODEL" };

    /// <summary>The type of weights that was asked for, by its name; null for weights as they are stored.</summary>
    public string? Type(ParseResult parsed) => parsed.GetValue(_type);

    /// <summary>Opens the model, which is fetched first if it must be, and says what is odd about it.</summary>
    public LongT5Model Load(ParseResult parsed, CancellationToken cancellation)
    {
        var (name, beside) = (parsed.GetValue(_model), parsed.GetValue(_adapter));
        var folder = _hub.Find(parsed, name, cancellation);
        // The name of an adapter on the hub means it, on the model that it was trained on.
        if (beside is null && name is not null && !Path.Exists(name) && Adapter.BaseOf(folder) is { } beneath)
            (folder, beside) = (_hub.Find(parsed, beneath, cancellation), folder);
        var adapterFolder = beside is null ? null : _hub.Find(parsed, beside, cancellation);
        var model = LongT5Model.Load(folder, parsed.GetValue(_threads), Engine(Type(parsed)));
        foreach (var warning in model.Warnings)
            Terminal.Warn(warning);
        if (adapterFolder is null)
            return model;
        using (model)
            return model.WithAdapter(adapterFolder);
    }

    /// <summary>How a model is computed whose weights are of this type.</summary>
    public static EngineOptions? Engine(string? type) => type is null ? null : new()
    {
        WeightType = ElementTypes.OfWeights[type],
        CrossType = ElementTypes.OfWeights[type] == ElementType.F32 ? ElementType.F32 : ElementType.BF16,
    };
}
