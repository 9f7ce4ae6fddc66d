using System.Buffers;
using System.Text.Json;
using LongT5.Generation;

namespace LongT5.Server.Http;

/// <summary>Generation options among the members of a request, by Hugging Face's names.</summary>
static class GenerationFields
{
    /// <summary>Longest text, in signs, that ends an output, and how many there may be.</summary>
    public const int LongestStop = 64, MostStops = 4;

    /// <summary>The options among the members that nobody has asked for; the others stay unasked.</summary>
    /// <exception cref="ApiError">A value is not of its type.</exception>
    public static GenerationOptions Generation(this Fields fields)
    {
        var said = fields.Rest.Where(member => GenerationOptions.IsName(member.Name)).ToList();
        if (said.Count == 0) return new();
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var member in said)
                member.WriteTo(writer);
            writer.WriteEndObject();
        }
        foreach (var member in said)
            fields.PassOver(member.Name);
        using var document = JsonDocument.Parse(json.WrittenMemory);
        return GenerationOptions.FromJson(document.RootElement);
    }

    /// <summary>Texts that end the output.</summary>
    /// <exception cref="ApiError">There are too many, or one is empty or too long.</exception>
    public static IReadOnlyList<string> Stops(this Fields fields, string name)
    {
        var stops = fields.Texts(name, MostStops);
        return stops.All(stop => stop.Length is > 0 and <= LongestStop) ? stops
            : throw ApiError.Of(fields.Place(name), $"{fields.Place(name)} must be texts of 1 to {LongestStop} signs.");
    }
}
