namespace LongT5.Client;

/// <summary>What is sent to be read: a text, or a document as it is (PDF, DOCX, HTML, EPUB and others).</summary>
public sealed class SourceText
{
    private SourceText(string? text, Stream? content, string? name)
        => (Text, Content, Name) = (text, content, name);

    /// <summary>The text; null for a document.</summary>
    internal string? Text { get; }

    /// <summary>The document; null for a text.</summary>
    internal Stream? Content { get; }

    /// <summary>What the document is called.</summary>
    internal string? Name { get; }

    /// <summary>A text.</summary>
    public static implicit operator SourceText(string text) => FromString(text);

    /// <summary>A text.</summary>
    public static SourceText FromString(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, null, null);
    }

    /// <summary>A document.</summary>
    /// <param name="content">Sent once, from where it stands to its end; it stays the caller's to dispose.</param>
    /// <param name="name">What it is called; its ending tells Markdown from plain text.</param>
    public static SourceText FromDocument(Stream content, string name)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return new(null, content, name);
    }
}
