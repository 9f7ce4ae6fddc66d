namespace LongT5.Tasks.Parts;

/// <summary>The sections of a text that are summarised each by itself.</summary>
static class TextSections
{
    /// <summary>Its sections, in order; those of which nothing but a heading is there are left out.</summary>
    /// <param name="text">The text, with its headings.</param>
    /// <param name="by">Which ones.</param>
    /// <returns>Empty where it has no headings, or no level of which there are two.</returns>
    public static IReadOnlyList<(Range Place, string? Heading, int Level)> Of(InputText text, SummaryBy by)
    {
        var headings = (text.Breaks ?? []).Where(one => one.Level > 0).OrderBy(one => one.Start).ToList();
        var level = by == SummaryBy.Section ? int.MaxValue : headings.CountBy(one => one.Level)
            .Where(count => count.Value > 1).Select(count => count.Key).DefaultIfEmpty(0).Min();
        headings = [.. headings.Where(one => one.Level <= level)];
        if (headings.Count == 0) return [];
        var all = headings.Select((one, i) => (Place: one.Start..End(i), one.Heading, one.Level))
            .Prepend((..headings[0].Start, null, 0));
        return [.. all.Where(section => Prose.HasWords(Body(text.Text, section.Place, section.Heading)))];

        int End(int i) => i + 1 < headings.Count ? headings[i + 1].Start : text.Text.Length;
    }

    /// <summary>A section as a text of its own, with the headings and paragraphs that are in it.</summary>
    public static InputText Text(InputText text, Range place) => text with
    {
        Text = text.Text[place].TrimEnd(),
        Breaks = text.Breaks?.Where(one => one.Start >= place.Start.Value && one.Start < place.End.Value)
            .Select(one => one with { Start = one.Start - place.Start.Value }).ToList(),
    };

    private static string Body(string text, Range place, string? heading)
        => text[Math.Min(place.Start.Value + (heading?.Length ?? 0), place.End.Value)..place.End];
}
