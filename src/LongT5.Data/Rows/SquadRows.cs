using System.Buffers;
using System.Text.Json;

namespace LongT5.Data.Rows;

/// <summary>
/// The questions of a file as SQuAD is published: articles with paragraphs, these with questions. Each becomes a row
/// with the columns of the data set on the hub.
/// </summary>
static class SquadRows
{
    /// <summary>Whether a value is an article.</summary>
    public static bool IsArticle(JsonElement value) => value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("paragraphs", out var paragraphs) && paragraphs.ValueKind == JsonValueKind.Array
        && paragraphs.EnumerateArray().All(one => one.ValueKind == JsonValueKind.Object
            && one.TryGetProperty("qas", out var questions) && questions.ValueKind == JsonValueKind.Array);

    /// <summary>The questions of an article; what is none stays as it is, to be told of.</summary>
    public static IEnumerable<JsonElement> Of(JsonElement article) => !IsArticle(article) ? [article]
        : article.GetProperty("paragraphs").EnumerateArray()
            .SelectMany(paragraph => paragraph.GetProperty("qas").EnumerateArray()
                .Select(question => question.ValueKind == JsonValueKind.Object
                    ? Row(article, paragraph, question) : question));

    private static JsonElement Row(JsonElement article, JsonElement paragraph, JsonElement question)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            if (article.TryGetProperty("title", out var title)) Write("title", title);
            foreach (var part in paragraph.EnumerateObject().Where(part => part.Name is not ("qas" or "title")))
                Write(part.Name, part.Value);
            foreach (var part in question.EnumerateObject()
                .Where(part => part.Name != "title" && !paragraph.TryGetProperty(part.Name, out _)))
                Write(part.Name, part.Value);
            json.WriteEndObject();

            void Write(string name, JsonElement value)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
        }
        return JsonElement.Parse(bytes.WrittenSpan);
    }
}
