using System.CommandLine;
using LongT5.Hub;

namespace LongT5.Cli.Flags;

/// <summary>Which model, and on how many threads.</summary>
sealed class ModelFlags
{
    private readonly Option<string?> _model = Name(
        "The model: a folder, or org/name of a model in the Hugging Face cache. Default: the embedded one.");
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
            "Put an adapter beside the weights: a folder as PEFT writes it (LoRA, DoRA, IA3), or a bottleneck's.",
        HelpName = "FOLDER",
    };

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
    }

    /// <summary>Whether an option is one of these.</summary>
    public bool Owns(Option option) => option == _model || option == _threads || option == _type || option == _adapter;

    /// <summary>The option that names a model.</summary>
    public static Option<string?> Name(string description)
        => new("--model", "-m") { Description = description, HelpName = "MODEL" };

    /// <summary>The type of weights that was asked for, by its name; null for weights as they are stored.</summary>
    public string? Type(ParseResult parsed) => parsed.GetValue(_type);

    /// <summary>Opens the model and says what is odd about it.</summary>
    public LongT5Model Load(ParseResult parsed)
    {
        var model = LongT5Model.Load(ModelLocation.Resolve(parsed.GetValue(_model)), parsed.GetValue(_threads),
            Engine(Type(parsed)));
        foreach (var warning in model.Warnings)
            Terminal.Warn(warning);
        if (parsed.GetValue(_adapter) is not { } adapter)
            return model;
        using (model)
            return model.WithAdapter(adapter);
    }

    /// <summary>How a model is computed whose weights are of this type.</summary>
    public static EngineOptions? Engine(string? type) => type is null ? null : new()
    {
        WeightType = ElementTypes.OfWeights[type],
        CrossType = ElementTypes.OfWeights[type] == ElementType.F32 ? ElementType.F32 : ElementType.BF16,
    };
}
