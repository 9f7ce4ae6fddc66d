using System.Globalization;
using LongT5.Cli.Input;
using LongT5.Documents;
using LongT5.Tasks;
using ModelContextProtocol.Server;

namespace LongT5.Cli.Mcp;

/// <summary>
/// What an assistant can do with the documents of some folders: have them summarised, ask them, read them.
/// </summary>
/// <param name="folders">The folders.</param>
/// <param name="model">The model that reads.</param>
sealed class DocumentTools(AllowedFolders folders, LongT5Model model)
{
    private const string PathSchema = """
        "path": {"type": "string", "description": "The document, from the folder on: a PDF, DOCX, ODT, RTF, PPTX, HTML, EPUB, Markdown, LaTeX, JATS, e-mail, subtitles or text."}
        """;

    private readonly Lock _gate = new();
    private (string Place, DateTime Written, Document Document)? _last;

    /// <summary>All of them.</summary>
    public McpServerPrimitiveCollection<McpServerTool> All =>
    [
        new DocumentTool("summarize_document", "Summarise a document",
            "Summarises a whole document of any length with a small model on this machine, and says which passages each "
            + "sentence was read from. Use it to learn what a long document says without reading it.",
            $$$"""
            {"type": "object", "required": ["path"], "additionalProperties": false, "properties": { {{{PathSchema}}},
             "length": {"type": "string", "enum": ["short", "medium", "long"], "default": "medium", "description": "Two or three sentences, a paragraph, most of a page."} } }
            """, Summarize),
        new DocumentTool("ask_document", "Ask a document",
            "Answers a question from a whole document with the model on this machine. What it says may be wrong: read "
            + "the passage before relying on it.",
            $$$"""
            {"type": "object", "required": ["path", "question"], "additionalProperties": false, "properties": { {{{PathSchema}}},
             "question": {"type": "string", "description": "What to ask, in the language of the document."} } }
            """, Answer),
        new DocumentTool("read_document", "Read a document",
            "Gives the text of a document, without running heads, navigation and markup, a piece at a time; of a folder, "
            + "what is in it (an empty path for the folders themselves).",
            $$$"""
            {"type": "object", "required": ["path"], "additionalProperties": false, "properties": { {{{PathSchema}}},
             "offset": {"type": "integer", "minimum": 0, "default": 0, "description": "Where to begin, in characters, as the piece before says."},
             "length": {"type": "integer", "minimum": 200, "maximum": {{{TextWindow.Most}}}, "default": {{{TextWindow.Usual}}}, "description": "Most characters of the piece."} } }
            """, Read),
    ];

    private async Task<IEnumerable<string>> Summarize(ToolCall call, CancellationToken stop)
    {
        var path = call.Text("path");
        var length = call.Choice("length", "short", "medium", "long");
        call.End();
        var document = await Open(path, stop);
        await using var progress = call.Progress();
        var summary = await Task.Factory.StartNew(() => new Summarizer(model).Summarize(document.Input, new()
        {
            Length = length is null ? null : Enum.Parse<SummaryLength>(length, ignoreCase: true),
            Evidence = EvidenceMode.Passages,
        }, progress, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return [summary.Text, .. Passages(summary, document), .. Notes(document, summary)];
    }

    private async Task<IEnumerable<string>> Answer(ToolCall call, CancellationToken stop)
    {
        var (path, question) = (call.Text("path"), call.Text("question"));
        call.End();
        var document = await Open(path, stop);
        await using var progress = call.Progress();
        var answer = await Task.Factory.StartNew(
            () => new Answerer(model).Answer(question, document.Text, null, progress, stop), stop,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return [answer.Text, .. Notes(document, answer)];
    }

    private async Task<IEnumerable<string>> Read(ToolCall call, CancellationToken stop)
    {
        var path = call.Text("path");
        var offset = call.Whole("offset", 0, int.MaxValue) ?? 0;
        var length = call.Whole("length", 200, TextWindow.Most) ?? TextWindow.Usual;
        call.End();
        if (path.Trim() is "" or "." or "/")
            return TextWindow.Of(string.Join('\n', folders.Names.Select(name => name + "/")), offset, length);
        if (folders.Find(path) is var place && Directory.Exists(place))
            return TextWindow.Of(folders.Entries(place).ToList() is { Count: > 0 } entries
                ? string.Join('\n', entries) : "nothing is in this folder.", offset, length);
        var document = await Open(path, stop);
        return [.. TextWindow.Of(document.Text, offset, length), .. document.Notes.Select(Note)];
    }

    /// <summary>
    /// A document, read in a process that can be ended; the last one is kept for the next piece of it.
    /// </summary>
    private async Task<Document> Open(string path, CancellationToken stop)
    {
        var place = folders.Find(path);
        if (Directory.Exists(place)) throw new Failure($"{path} is a folder; read_document shows what is in it.");
        if (FileKind.IsSpecial(place)) throw new Failure($"{path} is a pipe or a device and no document.");
        var written = File.GetLastWriteTimeUtc(place);
        lock (_gate)
            if (_last is { } last && last.Place == place && last.Written == written)
                return last.Document;
        var document = await Task.Run(() =>
        {
            using var content = File.OpenRead(place);
            return new ReadingProcess(OwnProgram.Command).Read(Path.GetFileName(place), content, cancellation: stop);
        }, stop);
        lock (_gate)
            _last = (place, written, document);
        return document;
    }

    private static IEnumerable<string> Passages(Summary summary, Document document)
    {
        if (summary.Evidence is not { } evidence) yield break;
        var lines = summary.Sentences.Zip(evidence, (_, passages) => passages is [var best, ..] ? best : null).Index()
            .Where(one => one.Item is not null).Select(one => Line(one.Index + 1, one.Item!, document));
        if (string.Join('\n', lines) is { Length: > 0 } all) yield return $"Read from:\n{all}";
    }

    private static string Line(int sentence, Passage passage, Document document)
    {
        var place = document.PlaceOf(passage.Start);
        string?[] where =
        [
            place.Page is { } page ? $"page {page}" : null,
            place.Section is { } section ? $"\u201C{section}\u201D" : null,
            $"offset {passage.Start}",
        ];
        return string.Create(CultureInfo.InvariantCulture,
            $"{sentence}. {passage.Text} ({string.Join(", ", where.Where(part => part is not null))})");
    }

    private static IEnumerable<string> Notes(Document document, GeneratedText text)
        => document.Notes.Concat(text.Warnings).Select(Note);

    private static string Note(string sentence) => $"Note: {sentence}";
}
