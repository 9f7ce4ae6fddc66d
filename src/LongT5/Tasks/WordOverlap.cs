using System.Globalization;
using System.Text;
using LongT5.Evaluation;

namespace LongT5.Tasks;

/// <summary>How many of the words of a sentence each sentence of a source has; a rare word counts more.</summary>
/// <remarks>
/// Words are runs of letters and digits in small letters, English endings off; each sign of a script without spaces is
/// one. A word counts by the logarithm of how few sentences of the source have it.
/// </remarks>
sealed class WordOverlap
{
    private readonly Dictionary<string, List<int>> _sentences = new(StringComparer.Ordinal);
    private readonly int _count;

    public WordOverlap(SourceSentences source)
    {
        _count = source.Count;
        for (var i = 0; i < _count; i++)
            foreach (var word in Words(source[i]).Distinct())
            {
                if (!_sentences.TryGetValue(word, out var having)) _sentences[word] = having = [];
                having.Add(i);
            }
    }

    /// <summary>[S]: the share of a sentence's words that each sentence of the source has.</summary>
    public double[] Shares(string sentence)
    {
        var (shares, all) = (new double[_count], 0.0);
        foreach (var word in Words(sentence).Distinct())
        {
            var having = _sentences.GetValueOrDefault(word, []);
            var value = Math.Log((_count + 1.0) / (having.Count + 0.5));
            all += value;
            foreach (var i in having) shares[i] += value;
        }
        for (var i = 0; i < _count && all > 0; i++) shares[i] /= all;
        return shares;
    }

    /// <summary>The words of a text, in order.</summary>
    public static List<string> Words(ReadOnlySpan<char> text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var isPart = Rune.IsLetterOrDigit(rune)
                || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark;
            var isAlone = rune.Value >= 0x2e80;
            if (!isPart || isAlone) End();
            if (isPart) word.Append(Rune.ToLowerInvariant(rune));
            if (isAlone) End();
        }
        End();
        return words;

        void End()
        {
            if (word.Length > 0) words.Add(PorterStemmer.Stem(word.ToString()));
            word.Clear();
        }
    }
}
