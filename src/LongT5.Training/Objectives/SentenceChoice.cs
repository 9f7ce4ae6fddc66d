using System.Text.Json.Serialization;
using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>What makes a sentence a principal one.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SentenceMeasure>))]
public enum SentenceMeasure
{
    /// <summary>ROUGE-1 F1 against the rest of the document: PEGASUS and LongT5. It favours long sentences.</summary>
    [JsonStringEnumMemberName("rouge")]
    Rouge,

    /// <summary>
    /// The mean logarithm of how often its words stand in the document (after SumBasic, Nenkova and Vanderwende 2005):
    /// it favours sentences that are about what the document is about. Questions are never chosen.
    /// </summary>
    [JsonStringEnumMemberName("frequency")]
    Frequency,
}

/// <summary>The sentences of a text, and which of them are principal.</summary>
internal sealed class SentenceChoice
{
    // What a sentence loses by frequency when all of its words stand in those chosen before it.
    private const double Redundancy = 0.5;

    private readonly Bags _bags;
    private readonly SentenceMeasure _measure;
    private readonly int[] _fit; // the sentences that may be chosen
    private readonly double[] _gains; // what each gains by its place

    /// <param name="sentences">The sentences, in the order of the text.</param>
    /// <param name="measure">What makes one a principal one.</param>
    /// <param name="words">Least and most words of one that may be chosen,
    /// where such a one exists; null for any.</param>
    /// <param name="opening">What the first one gains, and the first after a heading, in
    /// standard deviations of the measure.</param>
    public SentenceChoice(IReadOnlyList<string> sentences, SentenceMeasure measure, int[]? words, double opening = 0)
    {
        (_bags, _measure, _gains) = (new Bags(sentences), measure, new double[sentences.Count]);
        _fit = [.. Enumerable.Range(0, sentences.Count).Where(i => Fits(sentences[i], words) && !IsOut(i))];
        if (_fit.Length == 0)
            _fit = [.. Enumerable.Range(0, sentences.Count)];
        if (opening > 0)
        {
            var gain = opening * Spread([.. _fit.Select(i => Score(new([], 0), i))]).Deviation;
            foreach (var i in _fit.Where(i => i == _fit[0] || (i > 0 && !IsWhole(sentences[i - 1]))))
                _gains[i] = gain;
        }

        bool IsOut(int i) => measure == SentenceMeasure.Frequency
            && (_bags.Sizes[i] == 0 || sentences[i].AsSpan().TrimEnd("\"')]”’ \r\n\t").EndsWith("?"));
    }

    /// <summary>The sentences that say most of what the others say, in the order of the text.</summary>
    /// <param name="count">How many, as far as there are so many.</param>
    /// <param name="sequential">One after the other, each for what it adds to those before.</param>
    /// <param name="noise">Scores are multiplied by 1 + noise x normal(0, noise).</param>
    public int[] Take(int count, bool sequential, double noise, ref Dice dice)
    {
        var noises = new double[_bags.Each.Length];
        for (var i = 0; i < noises.Length; i++)
            noises[i] = 1 + noise * dice.Normal(noise);
        if (!sequential)
        {
            int[] sorted = [.. _fit];
            Array.Sort([.. _fit.Select(i => -Score(new([], 0), i) * noises[i])], sorted);
            return [.. sorted.Take(count).Order()];
        }
        var chosen = new SortedSet<int>();
        var so = new Taken([], 0);
        while (chosen.Count < Math.Min(count, _fit.Length))
        {
            var best = _fit.Where(i => !chosen.Contains(i)).MaxBy(i => Score(so, i) * noises[i]);
            chosen.Add(best);
            so = so.With(_bags, best);
        }
        return [.. chosen];
    }

    /// <summary>The salience of every sentence by itself; one that may not be chosen has the least.</summary>
    /// <param name="places">Where the sentences begin in the input.</param>
    /// <param name="length">Tokens of the input; what begins beyond is left out.</param>
    public SentenceSalience[] Salience(IReadOnlyList<int> places, int length)
        => Standard(_fit, i => Score(new([], 0), i), places, length);

    /// <summary>
    /// Whether a sentence has as many words as wanted, begins with one and ends
    /// like one: no heading, item or row of a table.
    /// </summary>
    public static bool Fits(string sentence, int[]? words)
    {
        if (words is not [int least, int most])
            return true;
        var count = sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return count >= least && count <= most && IsWhole(sentence) && BeginsWithWord(sentence);
    }

    /// <summary>Scores of sentences in standard deviations from their mean.</summary>
    /// <param name="fit">The sentences that may be chosen; the others have the least.</param>
    public static SentenceSalience[] Standard(int[] fit, Func<int, double> score, IReadOnlyList<int> places, int length)
    {
        const float Most = 2;
        double[] scores = [.. fit.Select(score)];
        (var mean, var deviation) = Spread(scores);
        var salience = new float[places.Count];
        Array.Fill(salience, -Most);
        foreach ((var at, var i) in fit.Index())
            salience[i] = deviation == 0 ? 0 : (float)Math.Clamp((scores[at] - mean) / deviation, -Most, Most);
        return [.. salience.Select((value, i) => new SentenceSalience(places[i], value))
            .Where(one => one.Place < length)];
    }

    private static bool BeginsWithWord(string sentence)
        => sentence.AsSpan().TrimStart("\"'([“‘_ \t\r\n") is [var first, ..] && char.IsLetterOrDigit(first);

    private static bool IsWhole(string sentence) => ".!?\"”)".Contains(sentence.TrimEnd()[^1]);

    private static (double Mean, double Deviation) Spread(double[] scores)
    {
        var mean = scores.DefaultIfEmpty().Average();
        return (mean, Math.Sqrt(scores.Select(one => (one - mean) * (one - mean)).DefaultIfEmpty().Average()));
    }

    /// <summary>What a sentence adds to those that are taken already.</summary>
    private double Score(Taken taken, int i) => _gains[i] + _measure switch
    {
        SentenceMeasure.Frequency => _bags.MeanLogFrequency(i) - Redundancy * _bags.ShareIn(i, taken.Words),
        _ when taken.Words.Count == 0 => _bags.AgainstRest(_bags.Each[i], _bags.Sizes[i]),
        _ => _bags.AgainstRest(taken.With(_bags, i).Words, taken.Size + _bags.Sizes[i]),
    };

    /// <summary>The words of the sentences that are taken.</summary>
    private readonly record struct Taken(Dictionary<int, int> Words, int Size)
    {
        public Taken With(Bags bags, int sentence)
        {
            var sum = new Dictionary<int, int>(Words);
            foreach ((var word, var count) in bags.Each[sentence])
                sum[word] = sum.GetValueOrDefault(word) + count;
            return new(sum, Size + bags.Sizes[sentence]);
        }
    }
}
