using LongT5.Kernels;
using LongT5.Machine;

namespace LongT5.Tasks.Parts;

/// <summary>
/// The summary of a text that is longer than a model reads: its parts are summarised, the summaries are joined in their
/// order, and summarised again while they are longer than a summary may be.
/// </summary>
/// <remarks>
/// Hierarchical merging, as BooookScore (Chang and others, 2024) has it. Parts are read together as far as they have no
/// more tokens than one may have, so memory is that of one part, however many there are.
/// </remarks>
sealed class PartedSummary
{
    /// <summary>So many tokens more a part of a text may take than the same letters did in all of it.</summary>
    public const int Slack = 4;

    // As many tokens of a summary that quotes are for one part of those below: a sentence or two.
    private const int QuotedTokens = 64;

    private readonly LongT5Model _model;
    private readonly InputText _text;
    private readonly TextOptions _settings;
    private readonly Func<int, TextOptions> _settingsOf;
    private readonly SummaryRules? _rules;
    private readonly EvidenceMode _evidence;
    private readonly InputLimit _limit;
    private readonly int _room;
    private readonly int _tokens;
    private readonly IReadOnlyList<Range> _parts;

    /// <param name="model">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="counted">The same, counted.</param>
    /// <param name="settings">What is asked for all of it, resolved.</param>
    /// <param name="settingsOf">What is asked for a part whose summary may have so many tokens.</param>
    /// <param name="rules">What is to hold for each summary.</param>
    /// <param name="evidence">Whether passages are wanted for each sentence.</param>
    /// <param name="limit">How much is read at once.</param>
    /// <exception cref="ArgumentException">The prefix leaves no room for a text.</exception>
    public PartedSummary(LongT5Model model, InputText text, CountedText counted, TextOptions settings,
        Func<int, TextOptions> settingsOf, SummaryRules? rules, EvidenceMode evidence, InputLimit limit)
    {
        (_model, _text, _settings, _settingsOf, _rules, _evidence, _limit)
            = (model, text, settings, settingsOf, rules, evidence, limit);
        _room = limit.Tokens - Slack - model.Tokenizer.Encode(settings.Prefix ?? "").Length;
        if (_room < 2)
            throw new ArgumentException($"{limit.Tokens} tokens at once leave no room for the text ({limit.Reason}).");
        _tokens = counted.Tokens;
        _parts = TextParts.Of(counted, _room);
        var one = model.Engine.Estimate(Math.Min(limit.Tokens, _tokens / _parts.Count),
            InputLimit.Sequences(settings), InputLimit.MostNewTokens(settings));
        Estimate = new(_tokens, one.Operations * _parts.Count, one.Bytes);
    }

    /// <summary>What it will take; the memory is that of one part.</summary>
    public WorkEstimate Estimate { get; }

    /// <summary>Reads and writes.</summary>
    /// <param name="onText">Is given the summary piece by piece, as it becomes final.</param>
    /// <param name="progress">Hears of each layer and step, and of which part they are.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public Summary Run(
        Action<string>? onText, IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var finished = new FinishedParts(_text.PartsFile, _model, _rules, new() { Evidence = _evidence });
        var most = InputLimit.MostNewTokens(_settings);
        var (level, tokens, ranges) = (new PartLevel(_text), _tokens, _parts);
        var (all, warnings) = (new List<SummaryPart>(), new List<string>());
        var timings = default(GenerationTimings);
        if (_limit.IsOfMemory)
            warnings.Add($"the text was read in {_parts.Count} parts: {_limit.Reason}.");
        while (true)
        {
            var share = ranges.Count == 1 ? most : Math.Max(SummaryRules.LeastTokens, most / ranges.Count);
            // What may have to be summarised again is not given out.
            var isLast = share * ranges.Count <= most;
            var written = Summarize(level, ranges, share, finished, isLast ? onText : null, progress, cancellation);
            all.AddRange(written.Zip(ranges, (summary, range) => level.Part(range, summary)));
            timings = new(timings.Reading + Sum(written, one => one.Timings.Reading),
                timings.Writing + Sum(written, one => one.Timings.Writing));
            warnings.AddRange(written.SelectMany(one => one.Warnings).Except(warnings).Distinct());
            var joined = level.Join(ranges, written);
            var next = new CountedText(_model.Tokenizer, joined.Text);
            var isShort = isLast || next.Tokens - 1 <= most;
            if (!isShort && next.Tokens >= tokens)
            {
                warnings.Add("the summaries of the parts are together no shorter than what they were made of: they "
                    + "are joined as they are.");
                isShort = true;
            }
            if (!isShort)
            {
                (level, tokens, ranges) = (joined, next.Tokens, TextParts.Of(next, RoomAbove(next.Tokens, most)));
                continue;
            }
            if (!isLast) onText?.Invoke(PartLevel.Joined(written));
            return Whole(written, all, warnings, timings);
        }
    }

    private List<GeneratedText> Summarize(
        PartLevel level, IReadOnlyList<Range> ranges, int share, FinishedParts finished, Action<string>? onText,
        IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var settings = ranges.Count == 1 ? _settings : _settingsOf(share);
        settings = settings with { Long = LongInput.Cut, MaxInputTokens = _limit.Tokens };
        var rules = _rules is null ? null : _rules with { IsOfPart = ranges.Count > 1 };
        var written = new List<GeneratedText>();
        while (written.Count < ranges.Count)
        {
            var batch = new List<(string Text, TextGeneration Work)>();
            var tokens = 0;
            GeneratedText? known = null;
            while (written.Count + batch.Count < ranges.Count)
            {
                var part = level.Text.Text[ranges[written.Count + batch.Count]].Trim();
                if ((known = finished.Find(part, settings)) is not null) break;
                var work = new TextGeneration(_model, part, settings, 1, rules, _evidence);
                if (batch.Count > 0 && tokens + work.Input.Length > _limit.Tokens) break;
                tokens += work.Input.Length;
                batch.Add((part, work));
            }
            if (batch.Count > 0)
            {
                Remains.GiveBack();
                var place = progress is null ? null : new PartProgress(progress, written.Count + 1, ranges.Count);
                var results = TextGeneration.RunAll([.. batch.Select(one => one.Work)], place, cancellation);
                foreach (var ((part, _), result) in batch.Zip(results))
                {
                    finished.Add(part, settings, result[0]);
                    Take(result[0]);
                }
            }
            if (known is not null) Take(known);
        }
        return written;

        void Take(GeneratedText summary)
        {
            if (summary.Text.Length > 0)
                onText?.Invoke(written.Exists(one => one.Text.Length > 0)
                    ? PartLevel.Parting + summary.Text : summary.Text);
            written.Add(level.InDocument(ranges[written.Count], summary));
        }
    }

    // What is quoted above is chosen from all of the text in proportion: other words may join what many parts say, but
    // a quotation speaks of one.
    private int RoomAbove(int tokens, int most) => _rules is null or { Quoting: Quoting.Free } ? _room
        : (int)Math.Clamp((long)tokens * QuotedTokens / Math.Max(1, most) * 8 / 7 + 1, 2, _room);

    private Summary Whole(
        List<GeneratedText> last, List<SummaryPart> all, List<string> warnings, GenerationTimings timings)
    {
        var first = all.Where(part => part.Level == 1).ToList();
        var tokens = last.Sum(one => one.OutputTokens);
        var whole = new GeneratedText
        {
            Text = PartLevel.Joined(last),
            Score = tokens == 0 ? float.NaN : last.Where(one => one.OutputTokens > 0)
                .Sum(one => one.Score * one.OutputTokens) / tokens,
            InputTokens = first.Sum(part => part.InputTokens),
            DroppedTokens = 0,
            OutputTokens = tokens,
            LeftAwayTokens = last.Sum(one => one.LeftAwayTokens),
            IsOutputCut = last.Exists(one => one.IsOutputCut),
            Timings = timings,
            Warnings = warnings,
            Passages = _evidence == EvidenceMode.None ? null : [.. last.SelectMany(one => one.Passages!)],
        };
        return new(whole, [.. last.SelectMany(one => one.SentenceTexts)]) { Parts = all };
    }

    private static TimeSpan Sum(List<GeneratedText> texts, Func<GeneratedText, TimeSpan> time)
        => TimeSpan.FromTicks(texts.Sum(one => time(one).Ticks));
}
