using LongT5.Torch.Layers;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch.Adapters;

/// <summary>
/// A model with an adapter beside it: what is trained and kept is the adapter, and all else stays as it is.
/// </summary>
public static class AdaptedModel
{
    /// <summary>Puts an adapter beside a model; it begins as the model.</summary>
    /// <param name="model">
    /// The model; from now on only the adapter's parameters, and those that are named with it, have gradients.
    /// </param>
    /// <param name="adapter">The adapter.</param>
    /// <param name="seed">Of its random numbers.</param>
    /// <returns>What is trained and kept, by its names in the model.</returns>
    /// <exception cref="ArgumentException">A name is that of no part of the model.</exception>
    public static IReadOnlyList<(string Name, Parameter Weight)> Attach(TorchModel model, AdapterOptions adapter,
        long seed)
    {
        var whole = model.named_parameters().Select(p => p.name).ToHashSet();
        using var generator = new Generator((ulong)seed, CPU);
        model.AdapterDropout = new(adapter.Dropout);
        foreach (var (_, weight) in model.named_parameters()) weight.requires_grad_(false);
        if (adapter.IsBottleneck) AttachBottlenecks(model, adapter, generator);
        else AttachToMatrices(model, adapter, whole, generator);

        var trained = model.named_parameters()
            .Where(p => !whole.Contains(p.name) || IsSaved(p.name)
                || (adapter.IsBottleneck && adapter.TrainNorms && p.parameter.dim() == 1))
            .Select(p => (p.name, p.parameter)).ToArray();
        foreach (var name in adapter.ModulesToSave ?? [])
            if (!whole.Any(weight => IsIn(weight, name)))
                throw new ArgumentException($"The adapter is to save {name}, and no part of the model is called "
                    + $"so{(name == "lm_head" ? ": its head is the embedding" : "")}.");
        foreach (var (_, weight) in trained) weight.requires_grad_(true);
        return trained;

        bool IsSaved(string weight)
            => adapter.ModulesToSave?.Any(name => IsIn(weight, name)) == true;
    }

    static void AttachToMatrices(TorchModel model, AdapterOptions adapter, HashSet<string> whole, Generator generator)
    {
        // TorchSharp names a module also after the field that holds it: the name of its weight is the published one.
        var linears = model.named_modules().Where(one => one.module is Linear
                && (whole.Contains($"{one.name}.weight") || whole.Contains($"{one.name}.b.weight")))
            .Select(one => (Name: one.name, Linear: (Linear)one.module)).ToArray();
        foreach (var target in adapter.TargetModules)
            if (!linears.Any(one => AdapterOptions.EndsWith(one.Name, target)))
            {
                var last = linears.Select(one => one.Name[(one.Name.LastIndexOf('.') + 1)..]).Distinct();
                throw new ArgumentException($"The adapter is to stand beside {target}, and no matrix of the model is "
                    + $"called so; there are {string.Join(", ", last)}.");
            }
        foreach (var (i, (name, linear)) in linears.Where(one
            => adapter.TargetModules.Any(target => AdapterOptions.EndsWith(one.Name, target))).Index())
        {
            Func<Dropout> dropout = () => model.AdapterDropout!.Of(i);
            linear.Attach(adapter.Kind switch
            {
                AdapterMethod.Ia3
                    => new Ia3Adapter(linear, adapter.FeedForward.Any(end => AdapterOptions.EndsWith(name, end)),
                    model.Options),
                AdapterMethod.Dora
                    => new DoraAdapter(linear as MatrixLinear ?? throw new ArgumentException(
                        $"DoRA needs a whole matrix, and {name} is two of low rank; LoRA stands beside both."),
                    adapter.RankOf(name), adapter.ScaleOf(name), model.Options,
                    generator, dropout),
                _ => new LoraAdapter(linear, adapter.RankOf(name), adapter.ScaleOf(name), model.Options,
                    generator, dropout),
            });
        }
    }

    static void AttachBottlenecks(TorchModel model, AdapterOptions adapter, Generator generator)
    {
        foreach (var sublayer in model.modules().OfType<Sublayer>().Distinct().ToArray())
            if (sublayer.IsAdapted(adapter.Kind))
                sublayer.Attach(new Bottleneck(model.Config.DModel, adapter, model.Options, generator));
    }

    // Whether a weight is of the module of a name, or of one within it.
    static bool IsIn(string weight, string name)
    {
        for (var end = weight.LastIndexOf('.'); end > 0; end = weight.LastIndexOf('.', end - 1))
            if (AdapterOptions.EndsWith(weight[..end], name)) return true;
        return false;
    }
}
