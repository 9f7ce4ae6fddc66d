using System.Text;

namespace LongT5.Documents.Latex;

/// <summary>
/// The characters of a LaTeX source as TeX sees them: comments left away, files and macros put in where they are named.
/// </summary>
sealed class LatexInput
{
    private const int MostFiles = 200, DeepestFile = 15, MostExpansions = 100_000, MostCharacters = 64 << 20,
    DeepestFrame = 1000;

    private readonly Stack<Frame> _frames = new();
    private readonly Source _source;
    private readonly List<string> _notes = [];
    private int _files, _expansions;
    private long _characters;

    public LatexInput(string text, Source source)
    {
        _source = source;
        _frames.Push(new(text, IsFile: true));
    }

    /// <summary>What the reader must be told: files that were not read.</summary>
    public IEnumerable<string> Notes => _notes.Distinct().Take(5);

    /// <summary>Whether nothing is left.</summary>
    public bool IsAtEnd => Peek() < 0;

    /// <summary>The next character, which stays; -1 at the end.</summary>
    public int Peek()
    {
        while (_frames.TryPeek(out var frame))
        {
            if (frame.At < frame.Text.Length) return frame.Text[frame.At];
            if (_frames.Count == 1) return -1;
            _frames.Pop();
        }
        return -1;
    }

    /// <summary>The next character; -1 at the end.</summary>
    public int Read()
    {
        var next = Peek();
        if (next >= 0) _frames.Peek().At++;
        return next;
    }

    /// <summary>Passes over white space, but not over the end of a paragraph.</summary>
    public void SkipBlanks()
    {
        var lines = 0;
        while (Peek() is >= 0 and var next && (char.IsWhiteSpace((char)next) || next == '%'))
        {
            if (next == '%') SkipComment();
            else if (next == '\n' && ++lines > 1) return;
            else Read();
        }
    }

    /// <summary>
    /// Behind a line's end: passes over the blanks that follow, and tells whether there was an empty line among them.
    /// </summary>
    public bool EndsParagraph()
    {
        var isEmpty = false;
        while (Peek() is >= 0 and var next && char.IsWhiteSpace((char)next))
            isEmpty |= Read() == '\n';
        return isEmpty;
    }

    /// <summary>Passes over a comment: the rest of its line, and the blanks that begin the next.</summary>
    public void SkipComment()
    {
        while (Peek() is >= 0 and not '\n') Read();
        if (Peek() == '\n') Read();
        while (Peek() is ' ' or '\t') Read();
    }

    /// <summary>The name behind a backslash: letters, or one sign.</summary>
    public string ReadName()
    {
        if (Peek() < 0) return "";
        if (!char.IsAsciiLetter((char)Peek())) return ((char)Read()).ToString();
        var name = new StringBuilder();
        while (Peek() is >= 0 and var next && (char.IsAsciiLetter((char)next) || next == '@'))
            name.Append((char)Read());
        if (Peek() == '*') Read();
        while (Peek() is ' ' or '\t') Read();
        if (Peek() == '\n')
        {
            // One line end is a blank and goes with the name; two end a paragraph.
            Read();
            if (Peek() is '\n' or '\r') Insert("\n");
        }
        return name.ToString();
    }

    /// <summary>An argument: what braces hold, or the one thing that stands there.</summary>
    public string ReadArgument()
    {
        SkipBlanks();
        if (Peek() == '{')
        {
            Read();
            return ReadUntil('}');
        }
        if (Peek() == '\\')
        {
            Read();
            return $"\\{ReadName()} ";
        }
        return Peek() >= 0 ? ((char)Read()).ToString() : "";
    }

    /// <summary>What square brackets hold, or null where none stand there.</summary>
    public string? ReadOptional()
    {
        if (Peek() is ' ' or '\n') SkipBlanks();
        if (Peek() != '[') return null;
        Read();
        return ReadUntil(']');
    }

    /// <summary>Characters as they are, up to a mark, which is passed over.</summary>
    public string ReadRaw(string mark)
    {
        var text = new StringBuilder();
        while (Peek() >= 0)
        {
            text.Append((char)Read());
            if (text[^1] == mark[^1] && text.Length >= mark.Length
                && text.ToString(text.Length - mark.Length, mark.Length) == mark)
                return text.ToString(0, text.Length - mark.Length);
        }
        return text.ToString();
    }

    /// <summary>Puts characters before what comes next.</summary>
    /// <exception cref="BadFileException">Macros expand without end.</exception>
    public void Insert(string text)
    {
        _characters += text.Length;
        if (++_expansions > MostExpansions || _characters > MostCharacters || _frames.Count > DeepestFrame)
            throw _source.Bad("its macros expand without end (a macro that calls itself, or a loop of \\input)");
        _frames.Push(new(text, IsFile: false));
    }

    /// <summary>
    /// Puts a file of the document's own folder before what comes next; any other is passed over, and said.
    /// </summary>
    public void Include(string name)
    {
        name = name.Trim().Trim('"');
        var depth = _frames.Count(frame => frame.IsFile);
        if (++_files > MostFiles || depth > DeepestFile)
        {
            _notes.Add("files that include each other without end are read a few times only.");
            return;
        }
        if (Find(name) is { } path)
            _frames.Push(new(PlainText.Decode(File.ReadAllBytes(path), path, out _), IsFile: true));
    }

    private string? Find(string name)
    {
        if (_source.Folder is not { } folder)
        {
            _notes.Add("the files that it includes are not read, because it did not come from a folder.");
            return null;
        }
        foreach (var candidate in new[] { name, name + ".tex" })
        {
            if (candidate.Length is 0 or > 500 || candidate.Contains('\0', StringComparison.Ordinal)) continue;
            var path = Path.GetFullPath(Path.Combine(folder, candidate));
            var inside = Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
            if (!path.StartsWith(inside, StringComparison.Ordinal))
            {
                _notes.Add($"{name} lies outside the folder of the document and is not read.");
                return null;
            }
            if (File.Exists(path) && !IsLinked(path, inside) && new FileInfo(path).Length <= DocumentReader.Largest)
                return path;
        }
        _notes.Add($"{name}, which it includes, is missing.");
        return null;
    }

    /// <summary>Whether a link on the way may lead out of the folder.</summary>
    private static bool IsLinked(string path, string inside)
    {
        for (var at = path; at.Length > inside.Length; at = Path.GetDirectoryName(at)!)
            if (new FileInfo(at).LinkTarget is not null)
                return true;
        return false;
    }

    private string ReadUntil(char end)
    {
        var text = new StringBuilder();
        for (var depth = 0; Peek() is >= 0 and var next;)
        {
            if (next == end && depth == 0)
            {
                Read();
                break;
            }
            if (next == '%')
            {
                SkipComment();
                continue;
            }
            depth += next == '{' ? 1 : next == '}' ? -1 : 0;
            if (depth < 0) break;
            text.Append((char)Read());
            if (next == '\\' && Peek() >= 0) text.Append((char)Read());
        }
        return text.ToString();
    }

    private sealed record Frame(string Text, bool IsFile)
    {
        public int At { get; set; }
    }
}
