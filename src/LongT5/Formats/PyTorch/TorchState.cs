namespace LongT5.Formats;

/// <summary>
/// The weights in what a PyTorch file holds: at its root, or under the name that a trainer puts them under.
/// </summary>
/// <param name="Tensors">By name, in order.</param>
/// <param name="Warnings">What was passed over, a sentence each.</param>
sealed record TorchState(IReadOnlyList<(string Name, PickleTensor Tensor)> Tensors, IReadOnlyList<string> Warnings)
{
    /// <summary>
    /// Lightning says <c>state_dict</c>, DeepSpeed <c>module</c>, others <c>model</c> or <c>model_state_dict</c>.
    /// </summary>
    private static readonly string[] Places = ["state_dict", "module", "model", "model_state_dict"];

    /// <exception cref="BadFileException">There are no tensors by name.</exception>
    public static TorchState Find(string path, object? content)
    {
        if (content is not PickleDictionary dictionary)
            throw new BadFileException(path, "a dictionary of tensors was expected; only state dictionaries are read.");
        var warnings = new List<string>();
        if (dictionary.Items.FirstOrDefault(item => item is { Key: string key, Value: PickleDictionary }
            && Places.Contains(key))
            is { Value: PickleDictionary inner } found)
        {
            warnings.Add(
                $"The weights stand under {found.Key} in the file of a trainer; what else it holds is passed over.");
            dictionary = inner;
        }

        var tensors = new List<(string, PickleTensor)>(dictionary.Items.Count);
        var others = new List<string>();
        foreach (var (key, value) in dictionary.Items)
        {
            if (key is string name && value is PickleTensor tensor)
                tensors.Add((name, tensor));
            else
                others.Add($"{key}");
        }
        if (tensors.Count == 0 && others.Count > 0)
            throw new BadFileException(path,
                $"it holds no tensors by name, but {others[0]}; only state dictionaries are read.");
        if (others.Count > 0)
            warnings.Add(
                $"{others.Count} things among the weights are no tensors and are passed over, {others[0]} first.");
        return new(tensors, warnings);
    }

    /// <summary>
    /// Every tensor there is, also of an optimizer: without them the storages of an old file cannot be told apart.
    /// </summary>
    public static IEnumerable<PickleTensor> AllTensors(object? content)
    {
        var open = new Stack<object?>([content]);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        while (open.TryPop(out var value))
        {
            if (value is PickleTensor tensor)
                yield return tensor;
            if (value is null or string || !seen.Add(value))
                continue;
            var parts = value switch
            {
                PickleDictionary dictionary => dictionary.Items.Select(item => item.Value),
                object?[] tuple => tuple,
                List<object?> list => list,
                _ => [],
            };
            foreach (var part in parts.Reverse())
                open.Push(part);
        }
    }
}
