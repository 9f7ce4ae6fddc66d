namespace LongT5.Tasks.Parts;

/// <summary>Summaries of the sections of a text, one each.</summary>
/// <remarks>Sections are read together as far as they have no more tokens than are read at once.</remarks>
/// <param name="text">The text.</param>
/// <param name="settings">What is asked, resolved.</param>
/// <param name="prepare">What summarises a section.</param>
/// <param name="finished">Those of an earlier run.</param>
sealed class SectionsRun(
    InputText text, TextOptions settings, Func<InputText, SummaryRun> prepare, FinishedParts finished)
{
    /// <summary>Reads and writes.</summary>
    /// <param name="sections">The sections.</param>
    /// <param name="most">Most tokens that are read together.</param>
    /// <param name="progress">Hears of each layer and step, and of which section they are.</param>
    /// <param name="cancellation">Honoured within one layer or step.</param>
    public IReadOnlyList<SectionSummary> Run(
        IReadOnlyList<(Range Place, string? Heading, int Level)> sections, int most,
        IProgress<GenerationProgress>? progress, CancellationToken cancellation)
    {
        var summaries = new Summary?[sections.Count];
        var pending = new List<(int Section, string Text, SummaryRun Run)>();
        var tokens = 0;
        for (var i = 0; i < sections.Count; i++)
        {
            var section = TextSections.Text(text, sections[i].Place);
            var run = prepare(section);
            if (finished.Find(section.Text, settings) is { } known)
            {
                summaries[i] = run.Summarized(known);
                continue;
            }
            if (tokens + run.Estimate.Tokens > most) Flush();
            tokens += run.Estimate.Tokens;
            pending.Add((i, section.Text, run));
        }
        Flush();
        return [.. sections.Zip(summaries, (section, summary) => new SectionSummary(section.Place.Start.Value,
            section.Place.End.Value, section.Heading, section.Level, InWhole(summary!, section.Place.Start.Value)))];

        void Flush()
        {
            if (pending.Count == 0) return;
            var place = progress is null
                ? null : new PartProgress(progress, pending[0].Section + 1, sections.Count + 1);
            var written = SummaryRun.RunAll([.. pending.Select(one => one.Run)], place, cancellation);
            foreach (var ((section, read, _), summary) in pending.Zip(written))
            {
                summaries[section] = summary;
                finished.Add(read, settings, summary with { Passages = summary.Evidence });
            }
            pending.Clear();
            tokens = 0;
        }
    }

    private static Summary InWhole(Summary summary, int shift) => summary with
    {
        Evidence = summary.Evidence?.Select(passages => (IReadOnlyList<Passage>)[.. passages.Select(passage
            => passage with { Start = passage.Start + shift, End = passage.End + shift })]).ToList(),
        Parts = [.. summary.Parts.Select(part
            => part with { Start = part.Start + shift, End = part.End + shift })],
    };
}
