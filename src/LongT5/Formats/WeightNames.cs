using System.Text;
using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>From the names that a file uses to one tensor for each name that the model needs, or one error that says all.</summary>
static class WeightNames
{
    /// <summary>Other names of the embedding, in the order in which they stand in for it.</summary>
    private static readonly string[] EmbeddingAliases = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight"];

    /// <summary>Left by an early T5, never read: the reference ignores it too.</summary>
    private const string Legacy = "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

    /// <summary>More than the largest published model has.</summary>
    private const int MostListed = 1000;

    /// <exception cref="BadFileException">Tensors are missing, unexpected or mis-shaped; all of them are listed.</exception>
    public static OrderedDictionary<string, StoredTensor> Canonical(
        string path, LongT5Config config, IEnumerable<StoredTensor> found, out List<string> warnings)
    {
        warnings = [];
        var tensors = new OrderedDictionary<string, StoredTensor>();
        foreach (var tensor in found)
        {
            if (tensor.Name.Any(char.IsControl))
                throw new BadFileException(path, "the name of a tensor has control characters.");
            if (!tensors.TryAdd(tensor.Name, tensor))
                throw new BadFileException(path, $"{tensor.Name} stands there twice.");
        }
        tensors.Remove(Legacy);
        foreach (var alias in EmbeddingAliases)
        {
            if (tensors.Remove(alias, out var embedding))
                tensors.TryAdd(WeightShapes.Embedding, embedding.Named(WeightShapes.Embedding));
        }

        var head = !tensors.Keys.Any(name => name.StartsWith("decoder.", StringComparison.Ordinal)) ? ModelHead.None
            : tensors.ContainsKey(WeightShapes.Head) ? ModelHead.Vocabulary : ModelHead.Embedding;
        Compare(path, config, head, tensors);
        ResolveHead(config, head, tensors, warnings);
        return tensors;
    }

    private static void Compare(string path, LongT5Config config, ModelHead head, OrderedDictionary<string, StoredTensor> tensors)
    {
        var wanted = WeightShapes.Of(config, head).ToDictionary(w => w.Name, w => w.Shape);
        foreach (var tensor in tensors.Values.Where(IsWhole).ToArray())
            wanted.Add(WeightShapes.ScalesOf(tensor.Name), [tensor.Shape[0]]);
        var missing = wanted.Keys.Where(name => !tensors.ContainsKey(name)).ToArray();
        var unexpected = tensors.Keys.Where(name => !wanted.ContainsKey(name)).ToArray();
        var misshapen = tensors.Values
            .Where(t => wanted.TryGetValue(t.Name, out var shape) && !t.Shape.AsSpan().SequenceEqual(shape))
            .Select(t => $"{t.Name} is [{string.Join(", ", t.Shape)}], not [{string.Join(", ", wanted[t.Name])}]").ToArray();
        var integers = tensors.Values
            .Where(t => t.Type is not (ElementType.F32 or ElementType.BF16 or ElementType.F16 or ElementType.F64) && !IsWhole(t))
            .Select(t => $"{t.Name} is {t.Type}").ToArray();
        if (missing.Length + unexpected.Length + misshapen.Length + integers.Length == 0)
            return;

        bool IsWhole(StoredTensor tensor) => tensor.Type.IsWhole()
            && wanted.TryGetValue(tensor.Name, out var shape) && WeightShapes.CanBeInt8(tensor.Name, shape) && tensor.Shape.Length == 2;

        var problem = new StringBuilder("the tensors are not those that config.json describes.");
        List("missing", missing);
        List("unexpected", unexpected);
        List("of another shape", misshapen);
        List("without floating point", integers);
        throw new BadFileException(path, problem.ToString());

        void List(string what, string[] items)
        {
            if (items.Length > 0)
                problem.Append($"\n  {items.Length} {what}: {string.Join("; ", items.Take(MostListed))}")
                    .Append(items.Length > MostListed ? "; ..." : "");
        }
    }

    /// <summary>
    /// Some published files lost the head: it is absent, or a copy of the embedding, though the configuration says that it
    /// stands alone. Then the embedding serves, and the decoder's output is scaled only if the configuration ties them.
    /// </summary>
    private static void ResolveHead(
        LongT5Config config, ModelHead head, OrderedDictionary<string, StoredTensor> tensors, List<string> warnings)
    {
        if (head == ModelHead.None)
            return;
        if (head == ModelHead.Vocabulary && tensors[WeightShapes.Head].HasBytesOf(tensors[WeightShapes.Embedding]))
            tensors.Remove(WeightShapes.Head);
        if (!tensors.ContainsKey(WeightShapes.Head) && !config.TieWordEmbeddings)
            warnings.Add("The pre-trained head (lm_head) is missing in this file; the embedding serves in its place, which "
                + "gives poor text unless the model is fine-tuned. The flax_model.msgpack or T5X checkpoint may hold it.");
    }
}
