using LongT5.Scheduling;
using LongT5.Server.Http;
using LongT5.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LongT5.Server.Serving;

/// <summary>A model that is open, and how it is served.</summary>
sealed record OpenModel(ServedModel Served, LongT5Model Model)
{
    /// <summary>What requests call it.</summary>
    public string Name => Served.Name;
}

/// <summary>
/// The models of a server by their names: each is opened once, at the start or when it is first asked for.
/// </summary>
sealed partial class ModelHost(ServerOptions options, Scheduler scheduler, ILogger<ModelHost> log) : IDisposable
{
    private readonly Dictionary<string, Lazy<OpenModel>> _models = options.Models.ToDictionary(
        served => served.Name, served => new Lazy<OpenModel>(() => Open(served, scheduler, log)));

    /// <summary>Their names, the first the one that answers where none is said.</summary>
    public IEnumerable<ServedModel> Served => options.Models;

    /// <summary>Whether every model that is to be open from the start is open.</summary>
    public bool IsReady => options.Models.All(served => !served.LoadsAtStart || _models[served.Name].IsValueCreated);

    /// <summary>Opens what is to be open from the start.</summary>
    public void OpenFirst()
    {
        foreach (var served in options.Models.Where(served => served.LoadsAtStart))
            _ = _models[served.Name].Value;
    }

    /// <summary>What is served under a name.</summary>
    /// <exception cref="ApiError">Nothing is.</exception>
    public ServedModel Find(string? name)
        => name is null ? options.Models[0] : options.Models.FirstOrDefault(served => served.Name == name)
            ?? throw new ApiError(StatusCodes.Status404NotFound,
                "no model of that name is served here; GET /v1/models lists them.", "model", "model_not_found");

    /// <summary>The model of a name, opened now if it is not yet.</summary>
    /// <exception cref="ApiError">There is none, or it cannot be opened.</exception>
    public async Task<OpenModel> Get(string? name)
    {
        var model = _models[Find(name).Name];
        if (model.IsValueCreated) return model.Value;
        try
        {
            return await Task.Run(() => model.Value);
        }
        catch (Exception exception) when (exception is not ApiError)
        {
            CannotOpen(log, Find(name).Name, Problem.Of(exception).Sentence);
            throw new ApiError(StatusCodes.Status503ServiceUnavailable,
                "this model cannot be opened; the log of the server says why.", "model", "model_not_open");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var model in _models.Values.Where(model => model.IsValueCreated))
            model.Value.Model.Dispose();
    }

    private static OpenModel Open(ServedModel served, Scheduler scheduler, ILogger log)
    {
        var model = LongT5Model.Load(Hub.ModelLocation.Resolve(served.Path), served.Threads, served.Engine,
            scheduler);
        foreach (var warning in model.Warnings)
            Warns(log, served.Name, warning);
        Opened(log, served.Name, model.Path);
        return new(served, model);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Name}: opened from {Path}")]
    private static partial void Opened(ILogger log, string name, string path);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Name}: {Warning}")]
    private static partial void Warns(ILogger log, string name, string warning);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Name} cannot be opened: {Problem}")]
    private static partial void CannotOpen(ILogger log, string name, string problem);
}
