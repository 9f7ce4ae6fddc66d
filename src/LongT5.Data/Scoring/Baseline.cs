using LongT5.Text;

namespace LongT5.Data.Scoring;

/// <summary>Systems that need no model, which any model has to beat.</summary>
public static class Baseline
{
    /// <summary>The baselines by name.</summary>
    public static IReadOnlyDictionary<string, Func<Example, string>> All { get; } =
        new Dictionary<string, Func<Example, string>>
        {
            ["lead-3"] = example => Lead(example.Document, 3),
            ["lead-to-length"] = example => FirstWords(example.Document, Words(example.Targets[0])),
            ["oracle"] = Oracle.Choose,
        };

    /// <summary>
    /// The name of the baseline that a system's own texts make: the first words of
    /// the document, as many as the system wrote.
    /// </summary>
    public const string LeadAsLong = "lead-as-long";

    /// <summary>The first sentences of a document.</summary>
    public static string Lead(string document, int sentences)
        => string.Join("\n", Sentences.Split(document).Take(sentences).Select(range => document[range]));

    /// <summary>The first words of a document.</summary>
    public static string FirstWords(string document, int words) => string.Join(' ', Split(document).Take(words));

    /// <summary>How many words a text has: runs of anything but white space.</summary>
    public static int Words(string text) => Split(text).Length;

    private static string[] Split(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
