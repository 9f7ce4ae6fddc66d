using System.Runtime.InteropServices;
using System.Text;

namespace LongT5.Evaluation;

/// <summary>ROUGE (Lin, 2004) as the package rouge_score computes it.</summary>
/// <remarks>
/// Words are runs of a-z and 0-9 after lower-casing; all else separates them, so that texts in other scripts have no
/// words. Immutable, and safe for any number of threads.
/// </remarks>
public sealed class Rouge(RougeProfile profile)
{
    private const int LongestGram = 3;

    /// <summary>What is done to texts, and how results are given.</summary>
    public RougeProfile Profile { get; } = profile;

    /// <summary>
    /// The share of the letters of texts that ROUGE does not read, from 0 to 1: of other scripts, and with marks.
    /// </summary>
    public static double ShareOfLettersLeftOut(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        long letters = 0, read = 0;
        foreach (var rune in texts.SelectMany(text => text.EnumerateRunes()).Where(Rune.IsLetter))
        {
            letters++;
            read += rune.IsAscii ? 1 : 0;
        }
        return letters == 0 ? 0 : 1 - (read / (double)letters);
    }

    /// <summary>Scores a prediction against a reference.</summary>
    public RougeScores Score(string reference, string prediction)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(prediction);
        var words = new WordNumbers(Profile.Stem);
        var (expected, predicted) = (Lines(reference, words), Lines(prediction, words));
        int[] allExpected = [.. expected.SelectMany(line => line)];
        int[] allPredicted = [.. predicted.SelectMany(line => line)];
        var grams = Grams(allExpected, allPredicted);
        return new(grams[0], grams[1], grams[2], WholeTexts(allExpected, allPredicted),
            LineByLine(expected, predicted, words.Count));
    }

    /// <summary>
    /// Scores a prediction against several references: for each measure, the reference with the best F counts.
    /// </summary>
    public RougeScores Score(IReadOnlyList<string> references, string prediction)
    {
        ArgumentNullException.ThrowIfNull(references);
        if (references.Count == 0)
            throw new ArgumentException("A prediction needs at least one reference.", nameof(references));
        var all = references.Select(reference => Score(reference, prediction)).ToList();
        RougeScore Best(int measure) => all.Select(scores => scores[measure]).Aggregate((best, next) => next.F > best.F
            ? next : best);
        return new(Best(0), Best(1), Best(2), Best(3), Best(4));
    }

    /// <summary>Scores many predictions on all cores.</summary>
    /// <param name="references">One or more references for each prediction.</param>
    /// <param name="predictions">The predictions, in the same order.</param>
    /// <param name="cancel">Stops the work.</param>
    public RougeScores[] ScoreAll(IReadOnlyList<IReadOnlyList<string>> references, IReadOnlyList<string> predictions,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(references);
        ArgumentNullException.ThrowIfNull(predictions);
        if (references.Count != predictions.Count)
            throw new ArgumentException(
                $"There are {predictions.Count} predictions, but references for {references.Count}.",
                nameof(references));
        var scores = new RougeScores[predictions.Count];
        Parallel.For(0, scores.Length, new ParallelOptions { CancellationToken = cancel },
            i => scores[i] = Score(references[i], predictions[i]));
        return scores;
    }

    private List<int[]> Lines(string text, WordNumbers words)
    {
        if (Profile.SplitAtSpacedStops) text = text.Replace(" . ", " .\n", StringComparison.Ordinal);
        var lines = new List<int[]>();
        foreach (var line in text.AsSpan().Split('\n')) lines.Add(words.Read(text.AsSpan(line)));
        return lines;
    }

    // A gram of n words is the number of a gram of n - 1 words and a word.
    private static RougeScore[] Grams(int[] expected, int[] predicted)
    {
        var scores = new RougeScore[LongestGram];
        var (left, right) = (expected.ToArray(), predicted.ToArray());
        for (var n = 1; n <= LongestGram; n++)
        {
            var (leftCount, rightCount) = (Math.Max(expected.Length - n + 1, 0), Math.Max(predicted.Length - n + 1, 0));
            if (n > 1)
            {
                var numbers = new Dictionary<long, int>();
                Extend(left, expected, n, leftCount, numbers);
                Extend(right, predicted, n, rightCount, numbers);
            }
            var counts = new Dictionary<int, int>();
            for (var i = 0; i < leftCount; i++) CollectionsMarshal.GetValueRefOrAddDefault(counts, left[i], out _)++;
            var common = 0;
            for (var i = 0; i < rightCount; i++)
            {
                ref var count = ref CollectionsMarshal.GetValueRefOrNullRef(counts, right[i]);
                if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref count) || count == 0) continue;
                count--;
                common++;
            }
            scores[n - 1] = RougeScore.Of(common, rightCount, leftCount);
        }
        return scores;
    }

    private static void Extend(int[] grams, int[] words, int n, int count, Dictionary<long, int> numbers)
    {
        for (var i = 0; i < count; i++)
        {
            ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers,
                (long)grams[i] << 32 | (uint)words[i + n - 1], out var known);
            if (!known) number = numbers.Count;
            grams[i] = number;
        }
    }

    private static RougeScore WholeTexts(int[] expected, int[] predicted)
        => expected.Length == 0 || predicted.Length == 0 ? default
            : RougeScore.Of(new LongestCommonSubsequence(expected).Length(predicted), predicted.Length,
                expected.Length);

    // For each line of the reference, the union of what it has in common with each line of the prediction; no word
    // counts twice.
    private static RougeScore LineByLine(List<int[]> expected, List<int[]> predicted, int vocabulary)
    {
        var (expectedLeft, predictedLeft) = (new int[vocabulary], new int[vocabulary]);
        var (expectedCount, predictedCount) = (Count(expected, expectedLeft), Count(predicted, predictedLeft));
        if (expectedCount == 0 || predictedCount == 0) return default;
        var hits = 0;
        var masks = new ulong[vocabulary];
        var rows = new ulong[predicted.Max(line => line.Length)];
        foreach (var line in expected)
        {
            var marked = line.Length <= 64 ? Common(line, predicted, masks, rows) : Common(line, predicted);
            for (var i = 0; i < line.Length; i++)
            {
                if (!marked[i] || expectedLeft[line[i]] == 0 || predictedLeft[line[i]] == 0) continue;
                hits++;
                expectedLeft[line[i]]--;
                predictedLeft[line[i]]--;
            }
        }
        return RougeScore.Of(hits, predictedCount, expectedCount);
    }

    private static bool[] Common(int[] line, List<int[]> others)
    {
        var common = new LongestCommonSubsequence(line);
        var marked = new bool[line.Length];
        foreach (var other in others) common.Mark(other, marked);
        return marked;
    }

    private static bool[] Common(int[] line, List<int[]> others, ulong[] masks, ulong[] rows)
    {
        for (var i = 0; i < line.Length; i++) masks[line[i]] |= 1UL << i;
        var bits = 0UL;
        foreach (var other in others) LongestCommonSubsequence.MarkShort(line, masks, other, rows, ref bits);
        foreach (var word in line) masks[word] = 0;
        var marked = new bool[line.Length];
        for (var i = 0; i < line.Length; i++) marked[i] = (bits >> i & 1) != 0;
        return marked;
    }

    private static int Count(List<int[]> lines, int[] counts)
    {
        foreach (var line in lines)
        {
            foreach (var word in line) counts[word]++;
        }
        return lines.Sum(line => line.Length);
    }
}

/// <summary>Numbers for the words of two texts: equal words, or equal stems, have equal numbers.</summary>
sealed class WordNumbers(bool stem)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _stems = new(StringComparer.Ordinal);

    /// <summary>All numbers are below this.</summary>
    public int Count { get; private set; }

    public int[] Read(ReadOnlySpan<char> text)
    {
        var words = new List<int>();
        var word = new char[16];
        var length = 0;
        foreach (var c in text)
        {
            // Python's lower() makes one letter of ASCII of two letters that are none; behind the first a dot follows.
            var lower = c is '\u212a' ? 'k' : c is '\u0130' ? 'i' : char.ToLowerInvariant(c);
            if (char.IsAsciiLetterLower(lower) || char.IsAsciiDigit(lower))
            {
                if (length == word.Length) Array.Resize(ref word, 2 * length);
                word[length++] = lower;
                if (c != '\u0130') continue;
            }
            End();
        }
        End();
        return [.. words];

        void End()
        {
            if (length > 0) words.Add(Number(word.AsSpan(0, length)));
            length = 0;
        }
    }

    // Words of up to three letters are not stemmed.
    private int Number(ReadOnlySpan<char> word)
    {
        var numbers = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (numbers.TryGetValue(word, out var number)) return number;
        var written = word.ToString();
        ref var ofStem = ref CollectionsMarshal.GetValueRefOrAddDefault(_stems, stem && word.Length > 3
            ? PorterStemmer.Stem(written) : written, out var known);
        if (!known) ofStem = Count++;
        return _numbers[written] = ofStem;
    }
}
