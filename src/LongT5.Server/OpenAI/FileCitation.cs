using System.Text.Json;
using LongT5.Documents;
using LongT5.Tasks;

namespace LongT5.Server.OpenAI;

/// <summary>A passage that was read for a sentence, as an annotation of a response.</summary>
/// <param name="Index">Where the sentence ends in the text of the response, in UTF-16 units.</param>
/// <param name="Document">What the document is called.</param>
/// <param name="Passage">The passage, in the document's own text.</param>
sealed record FileCitation(int Index, string Document, Passage Passage)
{
    private const string Unnamed = "input";

    /// <summary>The citations of a text, in the order of its sentences.</summary>
    /// <param name="text">The text.</param>
    /// <param name="documents">What was read; null for a text without a name.</param>
    public static IReadOnlyList<FileCitation> Of(WrittenText text, SentDocuments? documents)
        => [.. Citation.Of(text).Select(citation =>
        {
            if (documents is null) return new FileCitation(citation.End, Unnamed, citation.Passage);
            var (name, _, passage) = documents.Find(citation.Passage);
            return new FileCitation(citation.End, name, passage);
        })];

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
