namespace LongT5.Generation.Rules;

/// <summary>
/// Allows nothing but whole sentences of the input, each at most once, and only such as fit into what is left.
/// </summary>
/// <remarks>
/// It stands above the rules before it: where they forbid all that may follow, a sentence that was begun goes on, and
/// an output of which no more can be made ends. Where one token alone may follow, it is no choice, and costs a beam
/// nothing: else a sentence would be passed over
/// for a sign in it that the model does not write.
/// </remarks>
sealed class Verbatim(Quotations quotations, int prompt, int maxLength, int[] ends) : LogitRule
{
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
        if (choices > 1 && !float.IsNegativeInfinity(best)) return;
        for (var token = 0; token < scores.Length; token++)
            if (_allowed[token]) scores[token] = 0;
    }
}
