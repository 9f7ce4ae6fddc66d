using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace LongT5.Documents.Reports;

/// <summary>Pages that show reports, and the parts of which other pages are made.</summary>
/// <remarks>
/// <see cref="Script"/> defines <c>longt5Report.show(element, data)</c>, which fills an element with what
/// <see cref="Report.ToJson"/> gives; <see cref="Style"/> is what it looks like. Neither needs more of a content
/// policy than itself: no inline style, no image, nothing fetched.
/// </remarks>
public static class ReportPage
{
    /// <summary>The style of the summary beside its document.</summary>
    public static string Style { get; } = Resource("report.css");

    /// <summary>The script that shows them.</summary>
    public static string Script { get; } = Resource("report.js");

    private static string PageStyle { get; } = Resource("page.css") + Style;

    internal static string Write(Report report) => Page(report.Title, $"""
        <header class="report-page-head"><h1>{Escape(report.Title)}</h1>{Subtitle(report)}</header>
        <main id="report"></main>
        <noscript><div class="report-noscript"><p>{Escape(report.Summary.Text)}</p>
        <p>Sentences lead to their passages where scripts are allowed.</p></div></noscript>
        <script type="application/json" id="report-data">{report.ToJson()}</script>
        <script>{Script}</script>
        """);

    /// <summary>A whole page whose style, and script if there is one, are all that it may use.</summary>
    internal static string Page(string title, string body) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{Hash(PageStyle)}'; script-src '{Hash(Script)}'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="generator" content="LongT5">
        <title>{Escape(title)}</title>
        <style>{PageStyle}</style>
        </head>
        <body>
        {body}
        </body>
        </html>

        """;

    internal static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Subtitle(Report report)
        => report.Name.Length > 0 && report.Name != report.Title ? $"<p>{Escape(report.Name)}</p>" : "";

    /// <summary>What a content policy names a style or a script by.</summary>
    internal static string Hash(string text)
        => $"sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}";

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(ReportPage).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
