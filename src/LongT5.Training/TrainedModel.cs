using LongT5.Torch;
using LongT5.Torch.Adapters;
using TorchSharp.Modules;

namespace LongT5.Training;

/// <summary>A model in training: what of it is trained, and what is saved of it.</summary>
/// <remarks>
/// What the optimizer remembers is a set of its own: that of <see cref="Trained"/>, by its own names.
/// </remarks>
sealed class TrainedModel : IDisposable
{
    static readonly string[] s_vocabulary = ["shared.", "lm_head."];

    readonly Action<string> _save;

    TrainedModel(TorchModel model, IReadOnlyList<(string, Parameter)> trained, Action<string> save)
        => (Model, Trained, _save) = (model, trained, save);

    /// <summary>All of it, as it computes.</summary>
    public TorchModel Model { get; }

    /// <summary>The weights that change, by their published names.</summary>
    public IReadOnlyList<(string Name, Parameter Weight)> Trained { get; }

    /// <summary>A model of which every weight is trained, but for a vocabulary that is kept, and all is saved.
    /// </summary>
    public static TrainedModel Whole(TorchModel model, TrainingOptions options, ResultFiles files)
    {
        var kept = model.named_parameters().Where(p => options.KeepVocabulary && s_vocabulary.Any(part
            => p.name.StartsWith(part, StringComparison.Ordinal))).Select(p => p.name).ToHashSet();
        foreach (var (name, weight) in model.named_parameters()) if (kept.Contains(name)) weight.requires_grad_(false);
        return new(model, [.. model.named_parameters().Where(p => !kept.Contains(p.name))
            .Select(p => (p.name, p.parameter))], folder => files.Write(folder, model));
    }

    /// <summary>A model that stays as it is; an adapter beside it is trained, and that alone is saved.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The run, with an adapter.</param>
    /// <param name="files">What the model with it is used for, and its labels: kept with the adapter.</param>
    /// <param name="continued">
    /// The folder of an adapter that the run goes on from; null for one that changes nothing yet.
    /// </param>
    public static TrainedModel Beside(
        TorchModel model, TrainingOptions options, ResultFiles files, string? continued)
    {
        var adapter = options.Adapter! with
        {
            ModulesToSave = [.. options.Adapter.ModulesToSave ?? [], .. model.LabelModules],
        };
        if (adapter.ModulesToSave.Length == 0) adapter = options.Adapter;
        var trained = AdaptedModel.Attach(model, adapter, options.Seed);
        if (adapter.From is { } begun) AdapterFolder.Check(begun, adapter, model.HeadKind);
        if ((continued ?? adapter.From) is { } folder) AdapterFolder.Read(folder, trained, model.HeadKind);
        return new(model, trained, place =>
        {
            AdapterFolder.Write(place, adapter, trained, options.WithFullPaths().From, model.HeadKind);
            files.WriteConfig(place, model);
        });
    }

    /// <summary>Writes what is saved into a folder that exists.</summary>
    public void Save(string folder) => _save(folder);

    /// <inheritdoc/>
    public void Dispose() => Model.Dispose();
}
