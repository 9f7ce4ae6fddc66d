using System.Numerics.Tensors;

namespace LongT5.Documents.Search;

/// <summary>The passages of documents, to be found by their words, and by vectors where a model gave them.</summary>
/// <remarks>Every passage is looked at: what is found is exactly what scores highest. Immutable.</remarks>
public sealed class PassageIndex
{
    private readonly Lazy<Bm25> _words;

    /// <summary>An index of these documents.</summary>
    /// <param name="documents">In an order that stays.</param>
    /// <param name="model">Whose vectors stand beside the passages; null where there are none.</param>
    /// <exception cref="ArgumentException">A document has not one vector a passage.</exception>
    public PassageIndex(IReadOnlyList<IndexedDocument> documents, IndexedModel? model = null)
    {
        ArgumentNullException.ThrowIfNull(documents);
        (Documents, Model) = (documents, model);
        if (documents.FirstOrDefault(one => one.Vectors.Length != one.Passages.Count * Dimensions) is { } bad)
            throw new ArgumentException($"{bad.Name} has {bad.Passages.Count} passages and {bad.Vectors.Length} "
                + $"numbers in vectors of {Dimensions}.", nameof(documents));
        _words = new(() => new(Passages.Select(one => one.Passage.Text)));
    }

    /// <summary>The documents.</summary>
    public IReadOnlyList<IndexedDocument> Documents { get; }

    /// <summary>Whose vectors it holds; null for none.</summary>
    public IndexedModel? Model { get; }

    private int Dimensions => Model?.Dimensions ?? 0;

    private IEnumerable<(string Document, SearchPassage Passage)> Passages
        => Documents.SelectMany(document => document.Passages.Select(passage => (document.Name, passage)));

    /// <summary>Reads an index.</summary>
    /// <exception cref="BadFileException">It is no index, or it is damaged.</exception>
    public static PassageIndex Open(string path) => IndexFile.Read(path);

    /// <summary>Writes it; <see cref="Open"/> reads it.</summary>
    public void Write(Stream stream) => IndexFile.Write(this, stream);

    /// <summary>The passages that share the rarest words with a query (BM25), best first.</summary>
    /// <param name="query">Words; their order does not count.</param>
    /// <param name="most">How many; those that share no word are left out.</param>
    public IReadOnlyList<SearchHit> Search(string query, int most)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Best(_words.Value.Scores(query), most, 0);
    }

    /// <summary>The passages that are nearest to a vector, best first.</summary>
    /// <param name="vector">[C], of length 1, by the model of the index.</param>
    /// <param name="most">How many.</param>
    /// <exception cref="ArgumentException">The vector is of another length, or there are none here.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlyMemory<float> vector, int most)
    {
        if (Model is null || vector.Length != Dimensions)
            throw new ArgumentException(
                $"the vector has {vector.Length} numbers, and those of the index {Dimensions}.", nameof(vector));
        return Best([.. Documents.SelectMany(document => Enumerable.Range(0, document.Passages.Count)
            .Select(i => (double)TensorPrimitives.Dot(vector.Span,
                document.Vectors.Span.Slice(i * Dimensions, Dimensions))))], most, double.NegativeInfinity);
    }

    private IReadOnlyList<SearchHit> Best(double[] scores, int most, double above)
        => [.. Passages.Zip(scores, (one, score) => new SearchHit(one.Document, one.Passage, score))
            .Where(hit => hit.Score > above).OrderByDescending(hit => hit.Score).Take(most)];
}
