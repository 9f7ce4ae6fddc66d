using System.Text;
using System.Text.Json.Nodes;
using LongT5.Text;

namespace LongT5.Serving;

/// <summary>
/// A request over HTTP: the same for both servers, but that the reference is spared to cut the text into tokens.
/// </summary>
/// <param name="Text">The text.</param>
/// <param name="Ids">The same.</param>
/// <param name="Beams">Beams.</param>
/// <param name="Samples">Whether it is drawn.</param>
sealed record Letter(string Text, int[] Ids, int Beams, bool Samples)
{
    /// <summary>Requests as <see cref="Mix"/> has them, over texts of this repository.</summary>
    public static Letter[] Of(Tokenizer tokenizer, string repository, int count, int longest, int seed)
    {
        var text = string.Join("\n\n", Directory.GetFiles(Path.Combine(repository, "docs"), "*.md").Order(StringComparer.Ordinal)
            .Select(File.ReadAllText));
        var (ids, random) = (tokenizer.Encode(text), new Random(seed));
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var length = Mix.Length(random, longest);
            var part = tokenizer.Decode(ids.AsSpan(random.Next(ids.Length - length), length));
            return new Letter(part, [.. tokenizer.Encode(part)], i % 4 == 1 ? 4 : 1, i % 4 == 2);
        })];
    }

    /// <summary>As the reference's server has it.</summary>
    public StringContent ForReference() => Body(new()
    {
        ["ids"] = new JsonArray([.. Ids.Select(id => (JsonNode)id)]),
        ["num_beams"] = Beams,
        ["do_sample"] = Samples,
        ["tokens"] = Mix.Written,
    });

    /// <summary>As ours has it: OpenAI's completions.</summary>
    public StringContent ForOurs() => Body(new()
    {
        ["prompt"] = Text,
        ["num_beams"] = Beams,
        ["do_sample"] = Samples,
        ["max_tokens"] = Mix.Written,
        ["min_new_tokens"] = Mix.Written,
        ["no_repeat_ngram_size"] = 0,
    });

    private static StringContent Body(JsonObject members) => new(members.ToJsonString(), Encoding.UTF8, "application/json");
}
