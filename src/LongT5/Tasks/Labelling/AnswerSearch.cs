namespace LongT5.Tasks.Labelling;

/// <summary>Where an answer begins and ends, by the scores of both.</summary>
/// <remarks>The first token of what was read stands for "no answer", as it does in transformers.</remarks>
static class AnswerSearch
{
    /// <summary>The best stretch of some tokens, and what all of them come to.</summary>
    /// <param name="scores">[T, 2]: start and end.</param>
    /// <param name="first">The first token that an answer may begin with.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="longest">Most tokens of an answer.</param>
    public static FoundSpan Best(ReadOnlySpan<float> scores, int first, int end, int longest)
    {
        var best = new FoundSpan(0, 0, float.NegativeInfinity, scores[0] + scores[1]);
        var (largest, sum) = ((double)best.None, 1.0);
        for (var start = first; start < end; start++)
        {
            for (var last = start; last < Math.Min(end, start + longest); last++)
            {
                var score = scores[2 * start] + scores[2 * last + 1];
                if (score > best.Score) best = best with { First = start, Last = last, Score = score };
                if (score > largest) (largest, sum) = (score, sum * Math.Exp(largest - score) + 1);
                else sum += Math.Exp(score - largest);
            }
        }
        return best with { LogSum = largest + Math.Log(sum) };
    }

    /// <summary>Where some tokens stand in their text, without the white space before them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="first">Where the first of them stands.</param>
    /// <param name="last">Where the last one stands.</param>
    public static Range Place(string text, (int Start, int End) first, (int Start, int End) last)
    {
        var begin = first.Start;
        while (begin < last.End && char.IsWhiteSpace(text[begin])) begin++;
        return begin..last.End;
    }
}

/// <summary>The best stretch of some tokens.</summary>
/// <param name="First">Its first token.</param>
/// <param name="Last">Its last one.</param>
/// <param name="Score">Its score; minus infinity where there was none.</param>
/// <param name="None">The score of "no answer".</param>
readonly record struct FoundSpan(int First, int Last, float Score, float None)
{
    /// <summary>The logarithm of the sum of exp(score) over all stretches, and "no answer".</summary>
    public double LogSum { get; init; }
}
