namespace LongT5.Tasks;

/// <summary>
/// A passage that was read for a sentence, and where that sentence stands in the text that was given out.
/// </summary>
/// <param name="Start">Where the sentence begins, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="Passage">The passage.</param>
readonly record struct Citation(int Start, int End, Passage Passage)
{
    /// <summary>The citations of a text, in the order of its sentences; none where it has no evidence.</summary>
    public static IReadOnlyList<Citation> Of(WrittenText text)
    {
        if (text.Whole is not Summary { Evidence: { } evidence } summary) return [];
        var citations = new List<Citation>();
        var at = 0;
        foreach (var (sentence, passages) in summary.Sentences.Zip(evidence))
        {
            var start = text.Text.IndexOf(sentence, at, StringComparison.Ordinal);
            if (start < 0) break; // of what is no longer in the text
            at = start + sentence.Length;
            citations.AddRange(passages.Select(passage => new Citation(start, at, passage)));
        }
        return citations;
    }
}
