using System.Text.RegularExpressions;
using Markdig;

namespace LongT5.Documents.Web;

/// <summary>CommonMark with tables, footnotes, task lists and front matter, read as the page that it makes.</summary>
static partial class MarkdownReader
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseGridTables().UseFootnotes().UseTaskLists().UseEmphasisExtras()
        .UseAutoLinks().UseDefinitionLists().UseAutoIdentifiers().UseCustomContainers().UseAlertBlocks()
        .UseGenericAttributes().Build();

    public static Document Read(Source source)
    {
        var text = PlainText.Decode(source.Bytes, source.Name, out var note);
        var front = FrontMatter().Match(text).Groups["front"].Value;
        string html;
        try
        {
            html = Markdown.ToHtml(Contents().Replace(FrontMatter().Replace(text, ""), ""), Pipeline);
        }
        catch (ArgumentException exception)
        {
            throw source.Bad("its marks are nested too deeply, as in no text that was written to be read", exception);
        }
        return new(DocumentFormat.Markdown, HtmlBlocks.Of(HtmlReader.Parse(html, source).Body!))
        {
            Title = Said(front, "title"),
            Language = Said(front, "lang"),
            Notes = note is null ? [] : [note],
        };
    }

    private static string? Said(string front, string key)
        => Regex.Match(front, $"""^{key}[ \t]*[:=][ \t]*["']?(.*?)["']?[ \t]*\r?$""",
            RegexOptions.Multiline).Groups[1].Value is { Length: > 0 } value
            ? value : null;

    /// <summary>What stands before the text in YAML or TOML.</summary>
    [GeneratedRegex(
        @"\A(?:---[ \t]*\r?\n(?<front>.*?)^(?:---|\.\.\.)|\+\+\+[ \t]*\r?\n(?<front>.*?)^\+\+\+)[ \t]*\r?$",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex FrontMatter();

    /// <summary>Where a generator would put a table of contents.</summary>
    [GeneratedRegex(@"^[ \t]*(?:\[\[_?TOC_?\]\]|\[TOC\]|\{:toc\}|\$\{toc\})[ \t]*\r?$",
        RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Contents();
}
