using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using LongT5.Evaluation;
using LongT5.Text;

namespace LongT5.Data.Scoring;

/// <summary>
/// The sentences of a document that ROUGE itself would choose: the best one, then whichever adds most, until none does.
/// </summary>
/// <remarks>
/// What no extractive system passes by much (Nallapati et al., 2017). It reads the first reference, so it is no system.
/// What grows is ROUGE-1 plus ROUGE-2; pairs of words are those within sentences.
/// </remarks>
static partial class Oracle
{
    /// <summary>The chosen sentences in the order of the document, a line each.</summary>
    public static string Choose(Example example)
    {
        var sentences = Sentences.Split(example.Document);
        return string.Join("\n", Chosen(example.Document, example.Targets[0]).Order()
            .Select(i => example.Document[sentences[i]]));
    }

    /// <summary>The numbers of the chosen sentences, the best first.</summary>
    public static List<int> Chosen(string document, string reference)
    {
        var sentences = Sentences.Split(document).Select(range => document[range]).ToArray();
        Overlap[] measures = [new(Words, sentences, reference), new(Pairs, sentences, reference)];
        var left = Enumerable.Range(0, sentences.Length).ToHashSet();
        var (chosen, best) = (new List<int>(), 0.0);
        while (left.Count > 0)
        {
            var (next, gain) = left.Select(i => (i, measures[0].With(i) + measures[1].With(i)))
                .MaxBy(one => (one.Item2, -one.i));
            if (gain <= best) break;
            best = gain;
            left.Remove(next);
            chosen.Add(next);
            foreach (var measure in measures) measure.Add(next);
        }
        return chosen;
    }

    private static string[] Words(string text)
        => [.. Word().Matches(text.ToLowerInvariant()).Select(word => word.Value)];

    private static string[] Pairs(string text)
    {
        var words = Words(text);
        return [.. words.Skip(1).Select((word, i) => $"{words[i]} {word}")];
    }

    [GeneratedRegex("[a-z0-9]+")]
    private static partial Regex Word();

    /// <summary>How much of a reference is in the sentences chosen so far.</summary>
    private sealed class Overlap(Func<string, string[]> grams, string[] sentences, string reference)
    {
        private readonly string[][] _sentences = [.. sentences.Select(grams)];
        private readonly Dictionary<string, int> _wanted = grams(reference).CountBy(gram => gram).ToDictionary();
        private readonly int _expected = grams(reference).Length;
        private int _common, _written;

        /// <summary>F1 if a sentence is chosen too.</summary>
        public double With(int sentence)
        {
            var common = _common;
            var taken = new Dictionary<string, int>();
            foreach (var gram in _sentences[sentence])
            {
                if (!_wanted.TryGetValue(gram, out var wanted)) continue;
                if (++CollectionsMarshal.GetValueRefOrAddDefault(taken, gram, out _) <= wanted) common++;
            }
            return RougeScore.Of(common, _written + _sentences[sentence].Length, _expected).F;
        }

        public void Add(int sentence)
        {
            _written += _sentences[sentence].Length;
            foreach (var gram in _sentences[sentence])
            {
                if (_wanted.GetValueOrDefault(gram) == 0) continue;
                _wanted[gram]--;
                _common++;
            }
        }
    }
}
