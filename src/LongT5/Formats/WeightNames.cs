namespace LongT5.Formats;

/// <summary>
/// From the names that a file uses to one tensor for each name that the model needs, or one error that says all.
/// </summary>
static class WeightNames
{
    /// <summary>Other names of the embedding, in the order in which they stand in for it.</summary>
    private static readonly string[] EmbeddingAliases = [WeightShapes.EncoderEmbedding, WeightShapes.DecoderEmbedding];

    /// <summary>Left by an early T5, never read: the reference ignores it too.</summary>
    private const string Legacy = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

    /// <summary>What every model has: what stands before it stands before all names.</summary>
    private const string Anchor = "encoder.block.0.layer.0.layer_norm.weight";

    /// <summary>
    /// Modules that wrap others inside a model: compiled, sharded, or computed anew in the backward pass.
    /// </summary>
    private static readonly string[] InnerWrappers = ["_orig_mod.", "_fsdp_wrapped_module.",
        "_checkpoint_wrapped_module."];

    /// <summary>The tensors of the model by their published names.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="config">Which tensors there are.</param>
    /// <param name="found">What the file has.</param>
    /// <param name="warnings">Receives what is odd.</param>
    /// <exception cref="BadFileException">Tensors are missing or mis-shaped, or there are more
    /// layers than config.json says.</exception>
    public static OrderedDictionary<string, StoredTensor> Canonical(
        string path, LongT5Config config, IEnumerable<StoredTensor> found, ICollection<string> warnings)
    {
        var tensors = Unwrapped(path, found, warnings);
        tensors.Remove(Legacy);
        ResolveEmbeddings(config, tensors, warnings);
        var decoder = tensors.Keys.Any(name => name.StartsWith("decoder.", StringComparison.Ordinal)
            && name != WeightShapes.DecoderEmbedding);
        var head = WeightShapes.HeadOf(decoder, tensors.ContainsKey);
        Compare(path, config, head, tensors, warnings);
        ResolveHead(config, head, tensors, warnings);
        return tensors;
    }

    /// <summary>Names as the model has them, without those of modules around it.</summary>
    private static OrderedDictionary<string, StoredTensor> Unwrapped(
        string path, IEnumerable<StoredTensor> found, ICollection<string> warnings)
    {
        var named = found.Select(tensor => (Name: Inner(tensor.Name), Tensor: tensor)).ToList();
        if (named.Any(tensor => tensor.Tensor.Name.Any(char.IsControl)))
            throw new BadFileException(path, "the name of a tensor has control characters.");
        var prefixes = named.Where(tensor => tensor.Name == Anchor
            || tensor.Name.EndsWith($".{Anchor}", StringComparison.Ordinal))
            .Select(tensor => tensor.Name[..^Anchor.Length]).Distinct().ToArray();
        if (prefixes.Length > 1 && !prefixes.Contains(""))
            throw new BadFileException(path,
                $"it holds {prefixes.Length} models, whose names begin with {string.Join(" and ", prefixes)}; "
                + "save the one that is meant alone.");
        var prefix = prefixes is [var only] ? only : "";
        var tensors = new OrderedDictionary<string, StoredTensor>(named.Count);
        foreach (var (name, tensor) in named)
        {
            var inner = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
            if (!tensors.TryAdd(inner, inner == tensor.Name ? tensor : tensor.Named(inner)))
                throw new BadFileException(path, $"{inner} stands there twice.");
        }
        var wrappers = InnerWrappers.Where(
            wrapper => named.Any(tensor => tensor.Tensor.Name.Contains(wrapper, StringComparison.Ordinal)));
        var isOfHead = prefix.Length > 0
            && WeightShapes.PrefixOf(WeightShapes.HeadOf(hasDecoder: true, tensors.ContainsKey), Anchor) == prefix
            || prefix.Length > 0 && WeightShapes.PrefixOf(WeightShapes.HeadOf(hasDecoder: false, tensors.ContainsKey),
                Anchor) == prefix;
        if (string.Concat(wrappers.Append(isOfHead ? "" : prefix)) is { Length: > 0 } left)
            warnings.Add($"The names of the tensors have {left} before them, from a module that was wrapped around "
                + $"the model; it is left away.");
        return tensors;
    }

    private static string Inner(string name)
    {
        foreach (var wrapper in InnerWrappers)
            name = name.Replace(wrapper, "", StringComparison.Ordinal);
        return name;
    }

    /// <summary>
    /// An embedding of a stack stays if it differs from the shared one, and stands in for it where that is missing.
    /// </summary>
    private static void ResolveEmbeddings(
        LongT5Config config, OrderedDictionary<string, StoredTensor> tensors, ICollection<string> warnings)
    {
        foreach (var alias in EmbeddingAliases)
        {
            if (!tensors.TryGetValue(alias, out var embedding))
                continue;
            if (tensors.TryGetValue(WeightShapes.Embedding, out var shared) && !embedding.HasBytesOf(shared))
            {
                if (config.TieWordEmbeddings)
                    warnings.Add(
                        $"{alias} differs from {WeightShapes.Embedding}, though config.json ties the embeddings "
                        + "(tie_word_embeddings); each is used where it stands.");
                continue;
            }
            tensors.Remove(alias);
            if (shared is null)
                tensors.Add(WeightShapes.Embedding, embedding.Named(WeightShapes.Embedding));
        }
    }

    private static void Compare(
        string path, LongT5Config config, ModelHead head, OrderedDictionary<string, StoredTensor> tensors,
        ICollection<string> warnings)
    {
        var wanted = WeightShapes.Of(config, head).ToDictionary(w => w.Name, w => w.Shape);
        foreach (var name in EmbeddingAliases.Where(tensors.ContainsKey))
            wanted.Add(name, [config.VocabSize, config.DModel]);
        foreach (var tensor in tensors.Values.Where(IsWhole).ToArray())
            wanted.Add(WeightShapes.ScalesOf(tensor.Name), [tensor.Shape[0]]);

        var shells = tensors.Values.Count(t => t.Count == 0 && wanted.ContainsKey(t.Name));
        if (shells > 0)
            throw new BadFileException(path,
                $"{shells} of its tensors are empty shells, as a trainer with ZeRO-3 leaves them; run the "
                + "zero_to_fp32.py that lies in the trainer's checkpoint, and open what it writes.");

        var missing = wanted.Keys.Where(name => !tensors.ContainsKey(name)).ToArray();
        var unexpected = tensors.Keys.Where(name => !wanted.ContainsKey(name)).ToArray();
        var beyond = unexpected.Where(name => IsBeyond(name, "encoder.block.", config.NumLayers)
            || (head.HasDecoder() && IsBeyond(name, "decoder.block.", config.NumDecoderLayers))).ToArray();
        var misshapen = tensors.Values
            .Where(t => wanted.TryGetValue(t.Name, out var shape) && !t.Shape.AsSpan().SequenceEqual(shape))
            .Select(t => $"{t.Name} is [{string.Join(", ", t.Shape)}], not [{string.Join(", ", wanted[t.Name])}]")
            .ToArray();
        var integers = tensors.Values
            .Where(t => wanted.ContainsKey(t.Name) && !IsWhole(t)
                && t.Type is not (ElementType.F32 or ElementType.BF16 or ElementType.F16 or ElementType.F64))
            .Select(t => $"{t.Name} is {t.Type}").ToArray();

        if (missing.Length + beyond.Length + misshapen.Length + integers.Length > 0)
            throw new BadFileException(path, "the tensors are not those that config.json describes."
                + Some("missing", missing) + Some("unexpected", unexpected)
                + Some("of another shape", misshapen) + Some("without floating point", integers));
        if (unexpected.Length == 0)
            return;
        warnings.Add($"The file has more in it than this model, which is passed over.{Some("more", unexpected)}");
        foreach (var name in unexpected)
            tensors.Remove(name);

        bool IsWhole(StoredTensor tensor) => tensor.Type.IsWhole()
            && wanted.TryGetValue(tensor.Name, out var shape) && WeightShapes.CanBeInt8(tensor.Name, shape)
            && tensor.Shape.Length == 2;
    }

    private static string Some(string what, string[] items) => items.Length == 0
        ? "" : $" {items.Length} {what}: {Listing.Few(items)}.";

    /// <summary>
    /// Whether a name is of a layer that the configuration does not have:
    /// without it, this is not the model of the file.
    /// </summary>
    private static bool IsBeyond(string name, string stack, int layers)
        => name.StartsWith(stack, StringComparison.Ordinal) && name.AsSpan(stack.Length) is var rest
            && rest.IndexOf('.') is > 0 and var end
            && int.TryParse(rest[..end], out var layer) && layer >= layers;

    /// <summary>
    /// Some published files lost the head: it is absent, or a copy of the embedding, though the configuration says that
    /// it stands alone. Then the embedding serves, and the decoder's output is scaled only if the configuration asks
    /// for it. A head that differs from the embedding serves, whatever the configuration says.
    /// </summary>
    private static void ResolveHead(
        LongT5Config config, ModelHead head, OrderedDictionary<string, StoredTensor> tensors,
        ICollection<string> warnings)
    {
        if (!head.WritesText())
            return;
        if (tensors.TryGetValue(WeightShapes.Head, out var own) && own.HasBytesOf(tensors[WeightShapes.Embedding]))
        {
            tensors.Remove(WeightShapes.Head);
            own = null;
        }
        if (own is null && !config.TieWordEmbeddings)
            warnings.Add(
                "The pre-trained head (lm_head) is missing in this file; the embedding serves in its place, which "
                + "gives poor text unless the model is fine-tuned. "
                + "The flax_model.msgpack or T5X checkpoint may hold it.");
        if (own is not null && config.TieWordEmbeddings)
            warnings.Add("The head in this file (lm_head) differs from the embedding, though config.json ties them "
                + $"(tie_word_embeddings); the head is used, {(config.ScalesOutput(true) ? "scaled" : "not scaled")}.");
    }
}
