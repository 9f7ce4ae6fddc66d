using System.Text.Json;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary>A passage that was read for a sentence, as an annotation of a response.</summary>
/// <param name="Index">Where the sentence ends in the text of the response, in UTF-16 units.</param>
/// <param name="Document">What the document is called.</param>
/// <param name="Passage">The passage.</param>
sealed record Citation(int Index, string Document, Passage Passage)
{
    /// <summary>The citations of a text, in the order of its sentences.</summary>
    public static IReadOnlyList<Citation> Of(WrittenText text, string document)
    {
        if (text.Whole is not Summary { Evidence: { } evidence } summary) return [];
        var citations = new List<Citation>();
        var at = 0;
        foreach (var (sentence, passages) in summary.Sentences.Zip(evidence))
        {
            var start = text.Text.IndexOf(sentence, at, StringComparison.Ordinal);
            if (start < 0) break; // of what is no longer in the text
            at = start + sentence.Length;
            citations.AddRange(passages.Select(passage => new Citation(at, document, passage)));
        }
        return citations;
    }

    /// <summary>Writes it: OpenAI's members, and what of the document it is about.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "file_citation");
        writer.WriteString("file_id", Document);
        writer.WriteString("filename", Document);
        writer.WriteNumber("index", Index);
        writer.WriteNumber("start", Passage.Start);
        writer.WriteNumber("end", Passage.End);
        writer.WriteString("text", Passage.Text);
        writer.WriteNumber("weight", Math.Round(Passage.Weight, 3));
        writer.WriteEndObject();
    }
}
