namespace LongT5.Documents;

/// <summary>The formats that are read.</summary>
public enum DocumentFormat
{
    /// <summary>Plain text in any encoding that can be told.</summary>
    PlainText,

    /// <summary>CommonMark with the usual extensions.</summary>
    Markdown,

    /// <summary>HTML and XHTML.</summary>
    Html,

    /// <summary>PDF.</summary>
    Pdf,

    /// <summary>Office Open XML, words.</summary>
    Docx,

    /// <summary>Office Open XML, slides.</summary>
    Pptx,

    /// <summary>OpenDocument text.</summary>
    Odt,

    /// <summary>EPUB 2 and 3.</summary>
    Epub,

    /// <summary>Rich Text Format.</summary>
    Rtf,

    /// <summary>LaTeX source.</summary>
    Latex,

    /// <summary>Articles in the Journal Article Tag Suite.</summary>
    Jats,

    /// <summary>An e-mail as it was sent (MIME).</summary>
    Email,

    /// <summary>SubRip subtitles (.srt).</summary>
    SubRip,

    /// <summary>WebVTT subtitles (.vtt).</summary>
    WebVtt,
}
