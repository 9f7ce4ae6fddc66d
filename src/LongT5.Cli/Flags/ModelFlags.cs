using System.CommandLine;

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

    public ModelFlags(Command command)
    {
        _threads.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var threads) && threads is < 1 or > 1024)
                result.AddError($"--threads must be from 1 to 1024, not {threads}.");
        });
        command.Add(_model);
        command.Add(_threads);
    }

    /// <summary>The option that names a model.</summary>
    public static Option<string?> Name(string description) => new("--model", "-m") { Description = description, HelpName = "MODEL" };

    /// <summary>Opens the model and says what is odd about it.</summary>
    public LongT5Model Load(ParseResult parsed)
    {
        var model = LongT5Model.Load(ModelLocation.Resolve(parsed.GetValue(_model)), parsed.GetValue(_threads));
        foreach (var warning in model.Warnings)
            Terminal.Warn(warning);
        return model;
    }
}
