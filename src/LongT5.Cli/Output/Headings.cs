using System.Text;
using LongT5.Documents;
using LongT5.Tasks;

namespace LongT5.Cli.Output;

/// <summary>A summary as text, and below it those of its sections under their headings, as Markdown has them.
/// </summary>
static class Headings
{
    /// <summary>What stands above what is before the first heading.</summary>
    private const string Opening = "(before the first heading)";

    /// <summary>The summary of all, then that of each section; with footnotes where passages are known.</summary>
    public static string Write(Summary summary, Document document)
    {
        var text = new StringBuilder(One(summary, document));
        foreach (var section in summary.Sections)
            text.Append('\n').Append('#', Math.Clamp(section.Level, 1, 6)).Append(' ')
                .Append(section.Heading ?? Opening).Append("\n\n").Append(One(section.Summary, document));
        return text.ToString();
    }

    private static string One(Summary summary, Document document)
        => summary.Evidence is null ? summary.Text + "\n" : Footnotes.Write(summary, document);
}
