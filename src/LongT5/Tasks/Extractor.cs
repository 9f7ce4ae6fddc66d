using LongT5.Tasks.Labelling;

namespace LongT5.Tasks;

/// <summary>An answer that stands in a text, or that none does.</summary>
/// <param name="Text">Its words; null where the text has no answer.</param>
/// <param name="Start">Where it begins in the text, in UTF-16 units; 0 where there is none.</param>
/// <param name="End">Where it ends there.</param>
/// <param name="Score">Its probability among all stretches of the text and "no answer", from 0 to 1.</param>
public sealed record ExtractedAnswer(string? Text, int Start, int End, double Score)
{
    /// <summary>The probability that the text has no answer, from 0 to 1.</summary>
    public double NoAnswer { get; init; }

    /// <summary>Tokens that were read, questions and end tokens among them.</summary>
    public int InputTokens { get; init; }

    /// <summary>The parts that the text was read in.</summary>
    public int Windows { get; init; }
}

/// <summary>What is asked of an extractive model beside the question and the text.</summary>
public sealed record ExtractOptions : LabelOptions
{
    /// <summary>Most tokens of an answer, 1 or more.</summary>
    public int LongestAnswer { get; init; } = 64;

    /// <summary>Whether an answer is given even where "no answer" is likelier.</summary>
    public bool AlwaysAnswers { get; init; }

    internal override void Check()
    {
        base.Check();
        if (LongestAnswer < 1)
            throw new ArgumentException($"The longest answer has {LongestAnswer} tokens; 1 or more was expected.");
    }
}

/// <summary>Finds the stretch of a text that answers a question, with a model that was trained for it.</summary>
/// <remarks>
/// A text that is longer than the model was trained for is read in parts, a quarter of each in the next one too. Safe
/// for any number of threads at once, as the model is.
/// </remarks>
public sealed class Extractor
{
    private readonly LongT5Model _model;
    private readonly HeadReader _reader;
    private readonly ExtractOptions _options;

    /// <param name="model">A model with a head of spans (<see cref="ModelHead.Spans"/>); it stays the caller's to
    /// dispose.</param>
    /// <param name="options">What is asked beside the question.</param>
    /// <exception cref="MissingHeadException">The model has another head.</exception>
    /// <exception cref="ArgumentException">A number out of its range.</exception>
    public Extractor(LongT5Model model, ExtractOptions? options = null)
    {
        (_model, _options) = (model, options ?? new());
        _reader = new(model, ModelHead.Spans, "extractive", _options);
    }

    /// <summary>Answers a question in the words of a text.</summary>
    /// <param name="question">What to ask.</param>
    /// <param name="text">The text, of any length.</param>
    /// <param name="cancellation">Honoured within one layer.</param>
    /// <exception cref="ArgumentException">The question or the text is empty, or the question fills the room.
    /// </exception>
    public ExtractedAnswer Extract(string question, string text, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(question);
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        var asked = _reader.Ids(_reader.Prefix + Answerer.Prompt(question.Trim(), "").TrimEnd());
        var tokens = _model.Tokenizer.EncodeWithOffsets(text);
        var count = tokens.Ids.Length > 0 && tokens.Ids[^1] == _model.Tokenizer.EosId
            ? tokens.Ids.Length - 1 : tokens.Ids.Length;
        var room = _reader.MaxTokens - asked.Length - 1;
        if (room < 4)
            throw new ArgumentException($"{_reader.MaxTokens} tokens are read at most, and the question alone has "
                + $"{asked.Length} tokens; leave room for the text.");
        var windows = TokenWindows.Of(text, tokens.Offsets.AsSpan(0, count), room, room / 4 ?? 0);
        var found = windows.Select(window =>
        {
            var scores = _reader.Score(asked.Concat(tokens.Ids[window]), cancellation);
            var length = window.End.Value - window.Start.Value;
            return (window.Start, Span: AnswerSearch.Best(scores, asked.Length, asked.Length + length,
                _options.LongestAnswer));
        }).ToList();
        // A part without the answer is no reason to doubt that of another: the least sure "no answer" counts.
        var none = found.Min(one => one.Span.None);
        var best = found.MaxBy(one => one.Span.Score);
        var all = found.Max(one => one.Span.LogSum);
        all += Math.Log(found.Sum(one => Math.Exp(one.Span.LogSum - all)));
        var noAnswer = Math.Exp(none - all);
        var read = new ExtractedAnswer(null, 0, 0, noAnswer)
        {
            NoAnswer = noAnswer,
            InputTokens = windows.Sum(window => window.End.Value - window.Start.Value + asked.Length + 1),
            Windows = windows.Count,
        };
        if (none > best.Span.Score && !_options.AlwaysAnswers) return read;
        var start = best.Start.Value - asked.Length;
        var place = AnswerSearch.Place(
            text, tokens.Offsets[start + best.Span.First], tokens.Offsets[start + best.Span.Last]);
        return read with
        {
            Text = text[place],
            Start = place.Start.Value,
            End = place.End.Value,
            Score = Math.Exp(best.Span.Score - all),
        };
    }
}
