using System.Globalization;
using LongT5.Generation;
using LongT5.Tasks;

namespace LongT5.Documents.Reports;

/// <summary>What stands at the foot of a report.</summary>
static class ReportFigures
{
    /// <summary>The model, and what it was asked where that is not usual.</summary>
    /// <param name="model">The model.</param>
    /// <param name="settings">What it was asked.</param>
    /// <param name="name">What it is called; null for the name of its folder.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(
        LongT5Model model, TextOptions settings, string? name = null)
    {
        var options = GenerationOptions.All.Where(option => option.IsUsual && option.IsSaid(settings.Generation)
            && option.Said(settings.Generation) != $"{option.Name} {option.Default}")
            .Select(option => option.Said(settings.Generation));
        List<KeyValuePair<string, string>> figures = [new("Model", name
            ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(model.Folder)))];
        if (model.AdapterPath is { } adapter)
            figures.Add(new("Adapter", Path.GetFileName(Path.TrimEndingDirectorySeparator(adapter))));
        figures.Add(new("Options", string.Join(", ", options)));
        return figures;
    }

    /// <summary>What was read and written, and how long it took.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(Summary summary)
    {
        List<KeyValuePair<string, string>> figures =
        [
            new("Read", Tokens(summary.InputTokens)
                + (summary.IsInputCut ? $", {Tokens(summary.DroppedTokens)} at the end not read" : "")),
            new("Written", Tokens(summary.OutputTokens)),
            new("Time", $"{Seconds(summary.Timings.Reading)} to read, {Seconds(summary.Timings.Writing)} to write"),
        ];
        if (summary.SentencesLeftOut > 0)
            figures.Add(new("Left out", $"{summary.SentencesLeftOut} doubtful sentences"));
        return figures;
    }

    private static string Tokens(int count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} tokens");

    private static string Seconds(TimeSpan time)
        => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s");
}
