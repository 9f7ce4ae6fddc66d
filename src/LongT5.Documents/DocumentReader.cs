using System.Runtime.ExceptionServices;
using LongT5.Documents.Books;
using LongT5.Documents.Jats;
using LongT5.Documents.Latex;
using LongT5.Documents.Mail;
using LongT5.Documents.Office;
using LongT5.Documents.OpenDocument;
using LongT5.Documents.Pdf;
using LongT5.Documents.Rtf;
using LongT5.Documents.Subtitles;
using LongT5.Documents.Web;

namespace LongT5.Documents;

/// <summary>Reads documents of every format of <see cref="DocumentFormat"/>, recognised by their bytes.</summary>
/// <remarks>
/// Nothing outside a document is read and nothing is fetched; a LaTeX source may name files of its own folder. A
/// hostile file may still make a parser spin or exhaust the memory: what comes from strangers is read in a process that
/// can be ended.
/// </remarks>
public static class DocumentReader
{
    /// <summary>The largest file that is read, in bytes.</summary>
    public const int Largest = 256 << 20;

    private const int StackSize = 256 << 20;

    /// <summary>Reads a file.</summary>
    /// <exception cref="BadFileException">It is empty, damaged, protected, or of a kind that is not read.</exception>
    public static Document Read(string path, ReadingOptions? options = null)
    {
        using var stream = File.OpenRead(path);
        return Read(new Source(path, ReadAll(stream, path)) { Folder = Path.GetDirectoryName(Path.GetFullPath(path)) },
            options ?? new());
    }

    /// <summary>Reads what a stream holds.</summary>
    /// <param name="stream">Read to its end.</param>
    /// <param name="name">How to name it in errors; its ending tells Markdown from plain text.</param>
    /// <param name="options">How to read it.</param>
    /// <exception cref="BadFileException">It is empty, damaged, protected, or of a kind that is not read.</exception>
    public static Document Read(Stream stream, string name, ReadingOptions? options = null)
        => Read(new Source(name, ReadAll(stream, name)), options ?? new());

    internal static Document Read(Source source, ReadingOptions options)
    {
        var format = FormatDetection.Of(source);
        if (format == DocumentFormat.PlainText) return Plain(source);
        Document? document = null;
        Exception? failure = null;
        // Documents nest, and their readers recurse within limits that a small stack would not hold.
        var reading = new Thread(() =>
        {
            try
            {
                document = Read(source, format, options);
            }
            catch (InsufficientExecutionStackException exception)
            {
                failure = source.Bad("it is nested too deeply, as no document is that was written to be read",
                    exception);
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        }, StackSize);
        reading.Start();
        reading.Join();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return document!.Text.Length > 0 ? document : throw source.Bad("it is empty: there is no text in it");
    }

    private static Document Read(Source source, DocumentFormat format, ReadingOptions options)
    {
        return format switch
        {
            DocumentFormat.Docx => DocxReader.Read(source),
            DocumentFormat.Pptx => PptxReader.Read(source),
            DocumentFormat.Odt => OdtReader.Read(source),
            DocumentFormat.Rtf => RtfReader.Read(source),
            DocumentFormat.Latex => LatexReader.Read(source),
            DocumentFormat.Jats => JatsReader.Read(source),
            DocumentFormat.Html => HtmlReader.Read(source),
            DocumentFormat.Epub => EpubReader.Read(source),
            DocumentFormat.Markdown => MarkdownReader.Read(source),
            DocumentFormat.Email => MailReader.Read(source),
            DocumentFormat.SubRip or DocumentFormat.WebVtt => SubtitleReader.Read(source, format),
            DocumentFormat.Pdf => PdfReader.Read(source, options),
            _ => throw source.Bad($"it is {format}, which is not read"),
        };
    }

    private static Document Plain(Source source)
    {
        var text = PlainText.Decode(source.Bytes, source.Name, out var note);
        return Document.OfPlainText(TypedText.Of(text), note is null ? [] : [note]);
    }

    internal static byte[] ReadAll(Stream stream, string name)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        while (stream.Read(buffer) is > 0 and var count)
        {
            bytes.Write(buffer, 0, count);
            if (bytes.Length > Largest)
                throw new BadFileException(name,
                    $"it is larger than {Largest >> 20} MiB, which is no document; split it");
        }
        return bytes.ToArray();
    }
}
