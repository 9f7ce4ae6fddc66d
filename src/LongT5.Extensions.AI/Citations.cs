using LongT5.Documents;
using LongT5.Tasks;
using Microsoft.Extensions.AI;

namespace LongT5.Extensions.AI;

/// <summary>The passages that were read for the sentences of a text, as annotations of it.</summary>
static class Citations
{
    /// <summary>One for each passage, in the order of the sentences; null where there are none.</summary>
    /// <remarks>
    /// The region is the sentence in the whole text of the answer. <c>start</c> and <c>end</c> say where the passage
    /// stands in the text that was read, in UTF-16 units; <c>weight</c> how much speaks for it; <c>section</c> and
    /// <c>page</c> are there where the document has them.
    /// </remarks>
    public static IList<AIAnnotation>? Of(WrittenText text, SentDocuments? documents)
    {
        AIAnnotation[] citations = [.. Citation.Of(text).Select(citation => Annotation(citation, documents))];
        return citations.Length > 0 ? citations : null;
    }

    private static CitationAnnotation Annotation(Citation citation, SentDocuments? documents)
    {
        var passage = citation.Passage;
        var annotation = new CitationAnnotation
        {
            AnnotatedRegions = [new TextSpanAnnotatedRegion { StartIndex = citation.Start, EndIndex = citation.End }],
            AdditionalProperties = [],
        };
        if (documents?.Find(passage) is { } found)
        {
            (passage, annotation.FileId) = (found.Passage, found.Name);
            annotation.Title = found.Document.Title ?? found.Name;
            var place = found.Document.PlaceOf(passage.Start);
            if (place.Section is { } section) annotation.AdditionalProperties["section"] = section;
            if (place.Page is { } page) annotation.AdditionalProperties["page"] = page;
        }
        annotation.Snippet = passage.Text;
        annotation.RawRepresentation = passage;
        annotation.AdditionalProperties["start"] = passage.Start;
        annotation.AdditionalProperties["end"] = passage.End;
        annotation.AdditionalProperties["weight"] = passage.Weight;
        return annotation;
    }
}
