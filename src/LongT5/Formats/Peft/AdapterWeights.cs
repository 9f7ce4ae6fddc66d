namespace LongT5.Formats;

/// <summary>
/// An adapter that fits a model: what stands beside each of its matrices, and what takes the place of its tensors.
/// </summary>
sealed class AdapterWeights
{
    private static readonly string[] Embeddings = ["shared.weight", WeightShapes.EncoderEmbedding,
        WeightShapes.DecoderEmbedding];

    private readonly Dictionary<string, AdapterPart> _parts = [];
    private readonly Dictionary<string, StoredTensor> _replaced = [];
    private readonly Adapter _adapter;
    private readonly Dictionary<string, long[]> _shapes;
    private readonly List<string> _problems = [];

    /// <param name="adapter">Must live as long as this is used.</param>
    /// <param name="config">The shape of the model.</param>
    /// <param name="head">What stands on its last states.</param>
    /// <exception cref="BadFileException">A tensor stands beside nothing, has another
    /// shape, or lacks its other half.</exception>
    public AdapterWeights(Adapter adapter, LongT5Config config, ModelHead head)
    {
        _adapter = adapter;
        _shapes = WeightShapes.Of(config, head).ToDictionary(weight => weight.Name, weight => weight.Shape);
        foreach (var name in Embeddings.Append(WeightShapes.Head)
            .Where(name => head.WritesText() || name != WeightShapes.Head))
            _shapes.TryAdd(name, [config.VocabSize, name == WeightShapes.Head ? config.DModel : config.EmbeddingWidth]);

        var modules = new Dictionary<string, Dictionary<string, StoredTensor>>();
        foreach (var (name, tensor) in adapter.Tensors)
        {
            if (Adapter.Split(name) is not var (module, part))
                Replace(name, tensor);
            else if (!(modules.TryGetValue(module, out var parts) ? parts : modules[module] = []).TryAdd(part, tensor))
                _problems.Add($"{name} stands there twice");
        }
        foreach (var (module, parts) in modules)
            Add(module, parts);
        if (_problems.Count > 0)
        {
            throw new BadFileException(adapter.Path, $"the adapter does not fit this model: {Listing.Few(_problems)}. "
                + $"It was trained on {adapter.Config.BaseModel ?? "a model that its file does not name"}.");
        }
    }

    /// <summary>The modules beside which something stands.</summary>
    public IEnumerable<string> Modules => _parts.Keys;

    /// <summary>What stands beside a matrix.</summary>
    /// <param name="module">Its name without <c>.weight</c>.</param>
    public AdapterPart? Beside(string module) => _parts.GetValueOrDefault(module);

    /// <summary>What takes the place of a tensor of the model.</summary>
    public StoredTensor? InPlaceOf(string name) => _replaced.GetValueOrDefault(name);

    private void Replace(string name, StoredTensor tensor)
    {
        if (!_shapes.TryGetValue(name, out var shape))
            _problems.Add($"the model has no {name}");
        else if (Fits(name, tensor, shape))
            _replaced.Add(name, tensor);
    }

    private void Add(string module, Dictionary<string, StoredTensor> parts)
    {
        StoredTensor? Part(string name) => parts.Remove(name, out var tensor) ? tensor : null;
        var weight = _adapter.Config.Kind == AdapterKind.Bottleneck ? LastMatrix(module) : $"{module}.weight";
        if (weight is null || !_shapes.TryGetValue(weight, out var shape) || shape.Length != 2)
        {
            _problems.Add($"the model has no {module}");
            return;
        }
        AdapterPart? part = _adapter.Config.Kind switch
        {
            AdapterKind.Lora when Part("lora_A.weight") is { } down && Part("lora_B.weight") is { } up
                => Lora(module, shape, down, up, Part("lora_B.bias"), Part("lora_magnitude_vector")),
            AdapterKind.Lora when Part("lora_embedding_A") is { } down && Part("lora_embedding_B") is { } up
                => Lora(module, [shape[1], shape[0]], down, up, null, null),
            AdapterKind.Ia3 when Part("ia3_l") is { } scales => Ia3(module, shape, scales),
            AdapterKind.Bottleneck when Part("adapter_down.weight") is { } down
                && Part("adapter_down.bias") is { } downBias
                && Part("adapter_up.weight") is { } up && Part("adapter_up.bias") is { } upBias
                => Bottleneck(module, shape, down, downBias, up, upBias),
            _ => null,
        };
        if (part is null)
            _problems.Add($"{module} lacks a part of its {_adapter.Config.Kind} adapter");
        if (parts.Count > 0)
            _problems.Add(
                $"{module} has {string.Join(" and ", parts.Keys)}, which {_adapter.Config.Kind} does not use");
        else if (part is not null)
            _parts[weight[..^".weight".Length]] = part;
    }

    private LoraPart Lora(string module, long[] shape, StoredTensor down, StoredTensor up, StoredTensor? bias,
        StoredTensor? magnitudes)
    {
        var rank = Math.Max(1, down.Shape.FirstOrDefault());
        Fits(module, down, [rank, shape[1]]);
        Fits(module, up, [shape[0], rank]);
        if (bias is not null)
            Fits(module, bias, [shape[0]]);
        if (magnitudes is not null)
            Fits(module, magnitudes, [shape[0]]);
        if (magnitudes is null == _adapter.Config.HasMagnitudes)
            _problems.Add($"{module} has {(magnitudes is null ? "no" : "a")} magnitude vector, but use_dora is "
                + $"{_adapter.Config.HasMagnitudes}");
        return new(down, up, _adapter.Config.Scale(module, rank), bias, magnitudes);
    }

    private Ia3Part Ia3(string module, long[] shape, StoredTensor scales)
    {
        var ofInputs = scales.Shape is [1, not 1] or [1, 1] && shape[0] != 1;
        Fits(module, scales, ofInputs ? [1, shape[1]] : [shape[0], 1]);
        return new(scales, ofInputs);
    }

    private BottleneckPart Bottleneck(
        string module, long[] shape, StoredTensor down, StoredTensor downBias, StoredTensor up, StoredTensor upBias)
    {
        var width = Math.Max(1, down.Shape.FirstOrDefault());
        Fits(module, down, [width, shape[0]]);
        Fits(module, downBias, [width]);
        Fits(module, up, [shape[0], width]);
        Fits(module, upBias, [shape[0]]);
        return new(down, downBias, up, upBias, _adapter.Config.NonLinearity);
    }

    /// <summary>The matrix that a sub-layer ends with: a bottleneck follows it.</summary>
    private string? LastMatrix(string sublayer) => _shapes.Keys.FirstOrDefault(name
        => name.StartsWith($"{sublayer}.", StringComparison.Ordinal)
            && (name.EndsWith(".o.weight", StringComparison.Ordinal)
                || name.EndsWith(".wo.weight", StringComparison.Ordinal)));

    private bool Fits(string module, StoredTensor tensor, long[] shape)
    {
        if (tensor.Shape.AsSpan().SequenceEqual(shape))
            return true;
        _problems.Add(
            $"{tensor.Name} is [{string.Join(", ", tensor.Shape)}], but [{string.Join(", ", shape)}] fits {module}");
        return false;
    }
}
