namespace LongT5.Generation.Rules;

/// <summary>
/// Allows nothing but whole sentences of the input, each at most once, and only such as fit into what is left.
/// </summary>
/// <remarks>
/// It stands above the rules before it: where they forbid all that may follow, a sentence that was begun goes on, and
/// an output of which no more can be made ends. A token that alone may follow costs a beam what the model thinks of
/// it, but never much: that it would rather write something else says that the sentence is not what it wants, and a
/// sign that it never writes says nothing.
/// </remarks>
sealed class Verbatim(Quotations quotations, int prompt, int maxLength, int[] ends) : LogitRule
{
    /// <summary>The least log-probability that a token counts with where there is no other.</summary>
    private const float Least = -3;

    private bool[] _allowed = [];

    public override void Apply(ReadOnlySpan<int> ids, Span<float> scores)
    {
        if (_allowed.Length != scores.Length) _allowed = new bool[scores.Length];
        Array.Clear(_allowed);
        if (quotations.Allow(ids[prompt..], maxLength - ids.Length, _allowed))
            foreach (var end in ends)
                _allowed[end] = true;

        var (best, choices) = (float.NegativeInfinity, 0);
        for (var token = 0; token < scores.Length; token++)
        {
            if (!_allowed[token])
            {
                scores[token] = float.NegativeInfinity;
                continue;
            }
            best = Math.Max(best, scores[token]);
            choices++;
        }
        // What was forbidden may have been made the lowest of numbers, two of which are none.
        if (choices > 1 && best > float.MinValue) return;
        for (var token = 0; token < scores.Length; token++)
            if (_allowed[token]) scores[token] = Math.Max(scores[token], Least);
    }
}
