namespace LongT5.Documents.Search;

/// <summary>A document in an index.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Stamp">What tells whether it has changed; empty where nothing does.</param>
/// <param name="Passages">Its passages, in order.</param>
public sealed record IndexedDocument(string Name, string Stamp, IReadOnlyList<SearchPassage> Passages)
{
    /// <summary>[passages, C]: the vector of each; empty in an index of words alone.</summary>
    public ReadOnlyMemory<float> Vectors { get; init; }
}

/// <summary>A passage that was found.</summary>
/// <param name="Document">What its document is called.</param>
/// <param name="Passage">The passage.</param>
/// <param name="Score">How well it fits: above 0 by words, at most 1 by vectors.</param>
public sealed record SearchHit(string Document, SearchPassage Passage, double Score);
