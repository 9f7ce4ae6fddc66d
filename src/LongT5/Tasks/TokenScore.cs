// Shapes: n tokens of a call, V vocabulary.

using LongT5.Generation;
using LongT5.Generation.Rules;
using LongT5.Model;
using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>A token in its place, and how likely the model finds it there: before any rule or temperature.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Text">Its text, a space before it included; those of a sequence, joined, are its text.</param>
/// <param name="LogProbability">The logarithm of its probability; at most 0.</param>
public sealed record TokenScore(int Id, string Text, float LogProbability)
{
    // Rows of logits at once: at most 4 MB of a vocabulary of 32,000.
    private const int TokensAtOnce = 32;

    // Tokens that may change how the next one is written.
    private const int Context = 8;

    /// <summary>The likeliest tokens of the place, best first, as many as were asked for.</summary>
    public IReadOnlyList<TokenScore> Likeliest { get; init; } = [];

    /// <summary>The tokens that were written, without the end token.</summary>
    /// <remarks>
    /// They are fed to the decoder once more, many at a time: that gives to the last bit what the steps gave, whatever
    /// search took them.
    /// </remarks>
    /// <param name="model">The model.</param>
    /// <param name="session">In which they were written.</param>
    /// <param name="sequence">They, behind the beginning that was given.</param>
    /// <param name="likeliest">How many of the likeliest tokens are told of.</param>
    /// <param name="cancellation">Honoured between layers.</param>
    internal static IReadOnlyList<TokenScore> Of(
        LongT5Model model, EngineSession session, Generated sequence, int likeliest, CancellationToken cancellation)
    {
        var (ids, size) = (sequence.Ids, session.VocabularySize);
        var begun = ids.Length - sequence.NewTokens;
        var scores = new List<TokenScore>(sequence.NewTokens);
        var top = new Top(Math.Max(1, likeliest));
        var parent = DecoderSession.Root(sequence.Input);
        var next = session.Extend([], [], [], cancellation);
        for (var from = 0; from < ids.Length - 1; from += TokensAtOnce)
        {
            var fed = ids[from..Math.Min(from + TokensAtOnce, ids.Length - 1)];
            int[] parents = [.. fed.Select((_, i) => i == 0 ? parent : next + i - 1)];
            var logits = new float[fed.Length * size];                                // [n, V]
            session.Extend(parents, fed, logits, cancellation);
            (parent, next) = (next + fed.Length - 1, next + fed.Length);
            for (var i = 0; i < fed.Length; i++)
                if (from + i + 1 >= begun && Of(model, ids, from + i + 1, logits.AsSpan(i * size, size), top, likeliest)
                    is { } score)
                    scores.Add(score);
        }
        return scores;
    }

    private static TokenScore? Of(
        LongT5Model model, int[] ids, int at, Span<float> row, Top top, int likeliest)
    {
        if (model.Tokenizer.IsSpecial(ids[at]) && ids[at] != model.Tokenizer.UnknownId) return null;
        var all = LogSoftmax.LogSumExp(row);
        var before = ids[Math.Max(1, at - Context)..at];
        var beginning = model.Tokenizer.Decode(before);
        top.Clear();
        if (likeliest > 0) top.OfferAll(row, 0, 0);
        top.Sort();
        var others = new TokenScore[top.Count];
        for (var i = 0; i < others.Length; i++)
            others[i] = One(top[i].Index, top[i].Value);
        return One(ids[at], row[ids[at]]) with { Likeliest = others };

        TokenScore One(int id, float logit)
        {
            var text = model.Tokenizer.IsSpecial(id) || id >= model.Tokenizer.VocabularySize ? ""
                : model.Tokenizer.Decode([.. before, id]);
            return new(id, text.StartsWith(beginning, StringComparison.Ordinal) ? text[beginning.Length..]
                : text.Length > 0 ? model.Tokenizer.Decode([id]) : "", logit - all);
        }
    }
}
