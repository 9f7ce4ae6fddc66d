using LongT5.Data;
using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>
/// Pairs whose target is not the reference itself but the sentences of the source that together come closest to it:
/// the model goes on quoting, and learns from people what to quote.
/// </summary>
/// <remarks>
/// The sentences are chosen greedily by the sum of ROUGE-1 and ROUGE-2 F1 against the reference, until none adds to it
/// (Nallapati et al. 2017), and stand in the order of the source.
/// </remarks>
public sealed record Extracts : Objective
{
    /// <summary>The column of the reference; null to find it by its usual names.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>What stands before every source, as in <see cref="Pairs.Prefix"/>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Least and most words of a sentence that may be chosen.</summary>
    public int[] Words { get; init; } = [6, 60];

    /// <summary>Least number of sentences, as far as the source has them.</summary>
    public int Least { get; init; } = 2;

    /// <summary>Largest number of sentences.</summary>
    public int Most { get; init; } = 12;

    internal override void Check(string of)
    {
        base.Check(of);
        Expect.Range(Words, $"words of {of}");
        Expect.Range([Least, Most], $"least and most of {of}");
        Expect.Positive(Most, $"most of {of}");
    }

    /// <inheritdoc/>
    public override Dictionary<string, string[]> Texts(Row row)
        => Columns.Pair(row, SourceColumn, TargetColumn, Prefix);

    /// <inheritdoc/>
    public override string? Lacks(IReadOnlyDictionary<string, string[]> texts)
        => Columns.Lack(Columns.Pair(texts, SourceColumn, TargetColumn));

    internal override (string Input, string? Target) Uncut(IReadOnlyDictionary<string, string[]> row)
        => (Columns.Prefix(row, Prefix) + string.Join("\n\n", Columns.Pair(row, SourceColumn, TargetColumn).Source),
            null);

    internal override string? FixedPrefix => Columns.IsFixed(Prefix) ? Prefix : null;

    /// <inheritdoc/>
    public override TokenizedExample? Make(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room)
    {
        var (sources, references) = Columns.Pair(row, SourceColumn, TargetColumn);
        var input = new List<int>(Encode(Columns.Prefix(row, Prefix)));
        var sentences = new List<string>();
        var ids = new List<int[]>();
        var places = new List<int>();
        foreach (var sentence in SentencesOf(string.Join("\n\n", sources), whole: true))
        {
            var tokens = Encode(sentence);
            if (input.Count + tokens.Length >= room.Input)
                break;
            sentences.Add(sentence);
            ids.Add(tokens);
            places.Add(input.Count);
            input.AddRange(tokens);
        }
        var choice = new Choice(sentences, references[dice.Below(references.Length)], Words);
        var target = new List<int>();
        foreach (var chosen in choice.Take(Least, Most))
            if (target.Count + ids[chosen].Length < room.Target)
                target.AddRange(ids[chosen]);
        return target.Count == 0 ? null : new TokenizedExample(Close(input, room.Input), Close(target, room.Target))
        {
            Salience = SentenceChoice.Standard(choice.Fit, choice.Closeness, places, room.Input),
        };
    }

    /// <summary>The sentences of a source beside a reference.</summary>
    internal sealed class Choice
    {
        private readonly Counts _wanted = new();
        private readonly Counts[] _each;

        public Choice(IReadOnlyList<string> sentences, string reference, int[] words)
        {
            _wanted.Add(reference);
            _each = [.. sentences.Select(sentence =>
            {
                var counts = new Counts();
                counts.Add(sentence);
                return counts;
            })];
            Fit = [.. Enumerable.Range(0, sentences.Count).Where(i => SentenceChoice.Fits(sentences[i], words))];
        }

        /// <summary>The sentences that may be chosen.</summary>
        public int[] Fit { get; }

        /// <summary>How close a sentence comes to the reference by itself.</summary>
        public double Closeness(int sentence) => _each[sentence].Closeness(_wanted);

        /// <summary>The sentences that come closest to the reference together, in the order of the source.</summary>
        public int[] Take(int least, int most)
        {
            var chosen = new SortedSet<int>();
            var sum = new Counts();
            for (double best = 0; chosen.Count < Math.Min(most, Fit.Length);)
            {
                (var score, var at) = Fit.Where(i => !chosen.Contains(i))
                    .Select(i => (sum.With(_each[i]).Closeness(_wanted), i)).Max();
                if (score <= best && chosen.Count >= least)
                    break;
                best = score;
                chosen.Add(at);
                sum = sum.With(_each[at]);
            }
            return [.. chosen];
        }
    }

    /// <summary>How often each word and each pair of neighbouring words stands in a text.</summary>
    private sealed class Counts
    {
        private readonly Dictionary<string, int> _words = [], _pairs = [];
        private int _size, _pairSize;

        public void Add(string text)
        {
            string? before = null;
            foreach (var word in Bags.Words(text, stopWords: true))
            {
                _words[word] = _words.GetValueOrDefault(word) + 1;
                _size++;
                if (before is not null)
                {
                    _pairs[$"{before} {word}"] = _pairs.GetValueOrDefault($"{before} {word}") + 1;
                    _pairSize++;
                }
                before = word;
            }
        }

        public Counts With(Counts other)
        {
            var sum = new Counts { _size = _size + other._size, _pairSize = _pairSize + other._pairSize };
            foreach (Counts part in (ReadOnlySpan<Counts>)[this, other])
            {
                foreach ((var word, var count) in part._words)
                    sum._words[word] = sum._words.GetValueOrDefault(word) + count;
                foreach ((var pair, var count) in part._pairs)
                    sum._pairs[pair] = sum._pairs.GetValueOrDefault(pair) + count;
            }
            return sum;
        }

        public double Closeness(Counts wanted)
            => F1(_words, wanted._words, _size, wanted._size) + F1(_pairs, wanted._pairs, _pairSize, wanted._pairSize);

        private static double F1(Dictionary<string, int> a, Dictionary<string, int> b, int sizeA, int sizeB)
        {
            var overlap = a.Sum(item => Math.Min(item.Value, b.GetValueOrDefault(item.Key)));
            return sizeA + sizeB == 0 ? 0 : 2.0 * overlap / (sizeA + sizeB);
        }
    }
}
