using System.Text;
using LongT5.Documents.Reports;
using LongT5.Server.Http;

namespace LongT5.Server.Page;

/// <summary>
/// <c>GET /</c>: the page on which a document is dropped and read. It is one answer, and all that it asks for after
/// that are the routes of this server.
/// </summary>
static class PageRoute
{
    private static readonly string Style = ReportPage.Style + Part("page.css");

    private static readonly string Script = ReportPage.Script
        + string.Concat(new[] { "events.js", "words.js", "history.js", "page.js" }.Select(Part));

    private static readonly byte[] Html = Encoding.UTF8.GetBytes(Part("page.html")
        .Replace("<style></style>", $"<style>{Style}</style>", StringComparison.Ordinal)
        .Replace("<script></script>", $"<script>{Script}</script>", StringComparison.Ordinal));

    // The style and the script that stand in it, this server, and pictures that stand in it; no text becomes markup.
    private static readonly string Policy = $"default-src 'none'; style-src '{ReportPage.Hash(Style)}'; "
        + $"script-src '{ReportPage.Hash(Script)}'; connect-src 'self'; img-src data:; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    /// <summary>The route.</summary>
    public static ApiRoute Route { get; } = ApiRoute.Get("/", ErrorShape.Problem, call =>
    {
        call.Context.Response.Headers.ContentSecurityPolicy = Policy;
        return call.Send("text/html; charset=utf-8", Html);
    }) with
    {
        IsForPeople = true,
        Operation = "page",
    };

    private static string Part(string name)
    {
        using var reader = new StreamReader(typeof(PageRoute).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
