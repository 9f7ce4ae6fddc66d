using LongT5.Kernels;

namespace LongT5.Formats;

/// <summary>What there is to say of a checkpoint before any of its numbers is looked at.</summary>
/// <param name="Layout">As <see cref="Checkpoint.Layout"/>.</param>
/// <param name="Tensors">How many there are, each counted once whatever its aliases.</param>
/// <param name="Parameters">Numbers in all tensors.</param>
/// <param name="Bytes">Bytes of all tensors as they are stored, uncompressed.</param>
/// <param name="MappedBytes">Those among them that are used in the file, without a copy.</param>
/// <param name="ParametersByPart">Of the embedding, the encoder, the decoder
/// and the head, as far as they exist.</param>
/// <param name="ParametersByType">Of each element type.</param>
public sealed record CheckpointFacts(
    string Layout, int Tensors, long Parameters, long Bytes, long MappedBytes,
    IReadOnlyDictionary<string, long> ParametersByPart, IReadOnlyDictionary<ElementType, long> ParametersByType)
{
    /// <summary>The facts of an open checkpoint; reads nothing.</summary>
    public static CheckpointFacts Of(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var tensors = checkpoint.Tensors.Values.ToArray();
        return new(
            checkpoint.Layout, tensors.Length, tensors.Sum(t => t.Count), tensors.Sum(t => t.ByteLength),
            tensors.Where(t => t.IsMapped).Sum(t => t.ByteLength),
            Sum(tensors, t => t.Name.Split('.')[0] switch
            {
                "shared" => "embedding",
                "lm_head" => "head",
                var stack => stack
            }),
            Sum(tensors, t => t.Type));
    }

    private static OrderedDictionary<TKey, long> Sum<TKey>(StoredTensor[] tensors, Func<StoredTensor, TKey> key)
        where TKey : notnull
        => new(tensors.GroupBy(key).Select(group => KeyValuePair.Create(group.Key, group.Sum(t => t.Count))));
}
