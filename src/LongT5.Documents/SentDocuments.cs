using LongT5.Tasks;
using LongT5.Tasks.Parts;

namespace LongT5.Documents;

/// <summary>Documents that came together and are read as one text, each after a blank line.</summary>
/// <param name="documents">What each is called, and what was read of it; at least one.</param>
sealed class SentDocuments(IReadOnlyList<(string Name, Document Document)> documents)
{
    private const string Parting = "\n\n";

    /// <summary>What a model is given of them.</summary>
    public InputText Input => documents is [var only] ? only.Document.Input
        : new(string.Join(Parting, documents.Select(one => one.Document.Text)))
        {
            Breaks = [.. documents.Zip(Starts()).SelectMany(one => Breaks(one.First.Document.Input)
                .Select(place => place with { Start = place.Start + one.Second }))],
        };

    /// <summary>What is to be known of how they were read.</summary>
    public IReadOnlyList<string> Notes => [.. documents.SelectMany(one => one.Document.Notes)];

    /// <summary>The document that a passage is of, and the passage in that document's own text.</summary>
    public (string Name, Document Document, Passage Passage) Find(Passage passage)
    {
        var (one, start) = documents.Zip(Starts()).Last(pair => pair.Second <= passage.Start);
        return (one.Name, one.Document, passage with { Start = passage.Start - start, End = passage.End - start });
    }

    private static IEnumerable<TextBreak> Breaks(InputText text) => text.Breaks ?? TextParts.Paragraphs(text.Text);

    private IEnumerable<int> Starts()
    {
        var start = 0;
        foreach (var (_, document) in documents)
        {
            yield return start;
            start += document.Text.Length + Parting.Length;
        }
    }
}
