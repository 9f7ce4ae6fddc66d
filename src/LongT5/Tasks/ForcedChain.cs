// Shapes: n tokens of a sentence, V vocabulary.

using LongT5.Generation;
using LongT5.Generation.Rules;
using LongT5.Model;

namespace LongT5.Tasks;

/// <summary>A given text on its way through a decoder, sentence by sentence, as if the model were writing it.</summary>
/// <remarks>
/// The last token of a sentence is fed with the next one, so that the rows of a call are those that lead to the tokens
/// of its own sentence.
/// </remarks>
sealed class ForcedChain(LongT5Model model, EngineSession session, int input)
{
    private (int Parent, int Token) _before;
    private (int Parent, int Token) _end =
        (DecoderSession.Root(input), model.Config.DecoderStartTokenId ?? model.Config.PadTokenId);

    private int[] _ids = [];
    private int _next = session.Extend([], [], []);

    /// <summary>Goes on by a sentence.</summary>
    /// <param name="ids">Its tokens; at least one.</param>
    /// <param name="probe">Records where the rows looked that lead to them; null for nothing.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public void Feed(int[] ids, CrossAttentionProbe? probe, CancellationToken cancellation)
    {
        (_before, _ids) = (_end, ids);
        Extend([], probe, cancellation);
        _end = (_next - 1, ids[^1]);
    }

    /// <summary>The log-probability of the last sentence, some tokens of the input being hidden as it is written.
    /// </summary>
    /// <param name="hidden">Tokens of the input, not all.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    public double LogProbability(Range hidden, CancellationToken cancellation)
    {
        var size = session.VocabularySize;
        var logits = new float[checked(_ids.Length * size)];                          // [n, V]
        Extend(logits, new(model.Config, [], hidden), cancellation);
        session.Keep([_end.Parent]);
        var sum = 0.0;
        for (var i = 0; i < _ids.Length; i++)
        {
            var row = logits.AsSpan(i * size, size);
            sum += row[_ids[i]] - LogSoftmax.LogSumExp(row);
        }
        return sum;
    }

    private void Extend(Span<float> logits, CrossAttentionProbe? probe, CancellationToken cancellation)
    {
        var (parents, tokens) = (new int[_ids.Length], new int[_ids.Length]);
        for (var i = 0; i < _ids.Length; i++)
            (parents[i], tokens[i]) = i == 0 ? _before : (_next + i - 1, _ids[i - 1]);
        _next = _ids.Length + (probe is null
            ? session.Extend(parents, tokens, logits, cancellation)
            : session.Extend(parents, tokens, logits, probe, cancellation));
    }
}
