using LongT5.Documents.Web;
using MimeKit;

namespace LongT5.Documents.Mail;

/// <summary>
/// E-mail as it was sent (RFC 5322, MIME): the subject, the message, and the messages that it forwards.
/// </summary>
/// <remarks>
/// Who wrote to whom and when is furniture, and so is a signature; attached files are named and not read.
/// </remarks>
static class MailReader
{
    private const int DeepestForward = 8, DeepestMime = 100, PlaceholderShare = 4;

    public static Document Read(Source source)
    {
        MimeMessage message;
        try
        {
            message = MimeMessage.Load(new ParserOptions { MaxMimeDepth = DeepestMime },
                new MemoryStream(source.Bytes));
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException or IOException
            or InvalidOperationException)
        {
            throw source.Bad($"it is a damaged e-mail: {exception.Message}", exception);
        }
        var blocks = new List<Block>();
        var attached = new List<string>();
        Add(message, 1, blocks, attached, source);
        return new(DocumentFormat.Email, blocks)
        {
            Title = message.Subject,
            Notes = attached.Count == 0
                ? [] : [$"its attached files are not read: {string.Join(", ", attached.Take(10))}."],
        };
    }

    private static void Add(MimeMessage message, int level, List<Block> blocks, List<string> attached, Source source)
    {
        blocks.Add(new(BlockKind.Heading, message.Subject ?? "") { Level = level });
        blocks.Add(new(BlockKind.Furniture, $"{message.From} – {message.To}, {message.Date:yyyy-MM-dd HH:mm}"));
        var plain = MailBody.Part(message.Body, part => part.IsPlain) is { } text
            ? MailText.Blocks(MailBody.Text(text), text.IsFlowed).ToList() : [];
        var rich = MailBody.Part(message.Body, part => part.IsHtml) is { } html
            ? HtmlBlocks.Of(HtmlReader.Parse(MailBody.Text(html), source).Body!) : [];
        // A plain form that is far shorter only says that there is another one.
        blocks.AddRange(Letters(plain) * PlaceholderShare < Letters(rich) ? rich : plain);
        foreach (var part in message.BodyParts)
            if (part is MessagePart { Message: { } forwarded } && level < DeepestForward)
                Add(forwarded, level + 1, blocks, attached, source);
        attached.AddRange(message.Attachments.OfType<MimePart>()
            .Select(part => part.FileName ?? part.ContentType.MimeType));
    }

    private static int Letters(List<Block> blocks) => blocks.Sum(block => block.Text.Length);
}
