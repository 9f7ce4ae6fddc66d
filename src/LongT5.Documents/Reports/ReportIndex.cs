using System.Text;

namespace LongT5.Documents.Reports;

/// <summary>A report of several: where it lies, and what is said of it on the page that leads to it.</summary>
/// <param name="Path">Where it lies, from the page that leads to it; parted by <c>/</c>.</param>
/// <param name="Title">What it is called.</param>
/// <param name="Text">The summary.</param>
/// <param name="Doubts">How many doubts it has.</param>
public sealed record ReportLink(string Path, string Title, string Text, int Doubts);

/// <summary>One page that leads to several reports.</summary>
public static class ReportIndex
{
    /// <summary>The page in HTML.</summary>
    public static string ToHtml(IReadOnlyList<ReportLink> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var items = new StringBuilder();
        foreach (var report in reports)
            items.Append($"""<li><a href="{ReportPage.Escape(Address(report.Path))}">{ReportPage.Escape(report.Title)}</a>""")
                .Append($"""<p dir="auto">{ReportPage.Escape(report.Text)}</p>{Note(report)}</li>""").Append('\n');
        return ReportPage.Page("Summaries", $"""
            <header class="report-page-head"><h1>Summaries</h1><p>{Count(reports.Count, "document")}</p></header>
            <main class="report-index"><ol>
            {items}</ol></main>
            """);

        static string Note(ReportLink report) => report.Doubts == 0 ? ""
            : $"""<p class="report-index-note">{Count(report.Doubts, "doubt")}</p>""";
    }

    /// <summary>The page in Markdown.</summary>
    public static string ToMarkdown(IReadOnlyList<ReportLink> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var text = new StringBuilder("# Summaries\n");
        foreach (var report in reports)
            text.Append($"\n## [{ReportMarkdown.Escape(report.Title)}](<{Address(report.Path)}>)\n\n")
                .Append(ReportMarkdown.Escape(report.Text)).Append('\n')
                .Append(report.Doubts == 0 ? "" : $"\n{Count(report.Doubts, "doubt")}\n");
        return text.ToString();
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    private static string Address(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
}
