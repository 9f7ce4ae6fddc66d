using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace LongT5.Documents.Latex;

/// <summary>Walks a LaTeX source and gives the blocks that it sets.</summary>
sealed class LatexText
{
    /// <summary>An environment that no source can name: it ends an argument that is read for itself.</summary>
    private const string Argument = "\u0001";

    private static readonly SearchValues<char> Special = SearchValues.Create("\\{}$%~`'-\n");

    private readonly LatexInput _input;
    private readonly StringBuilder _text = new();
    private readonly Dictionary<string, LatexMacro> _macros;
    private readonly List<Block> _notes;
    private BlockKind _kind = BlockKind.Paragraph;
    private int _lists;
    private bool _isOver;

    public LatexText(LatexInput input) => (_input, _macros, _notes) = (input, [], []);

    private LatexText(LatexText outer) => (_input, _macros, _notes) = (outer._input, outer._macros, outer._notes);

    /// <summary>What was read.</summary>
    public List<Block> Blocks { get; } = [];

    /// <summary>What <c>\title</c> says.</summary>
    public string? Title { get; private set; }

    /// <summary>Reads it all: a preamble defines, the body speaks; a fragment without one is all body.</summary>
    public void Run()
    {
        Until("");
        Blocks.AddRange(_notes);
    }

    /// <summary>
    /// Reads up to the end of an environment, or of the group that is open; "" for the end of the input.
    /// </summary>
    private void Until(string environment)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        while (!_isOver && _input.Read() is >= 0 and var next)
            switch ((char)next)
            {
                case '\\':
                    if (Command(_input.ReadName(), environment)) return;
                    break;
                case '%':
                    _input.SkipComment();
                    if (_input.Peek() == '\n') Flush();
                    break;
                case '{':
                    Until("{");
                    break;
                case '}' when environment == "{":
                    return;
                case '}' or '\r':
                    break;
                case '$':
                    Formula();
                    break;
                case '~':
                    _text.Append(' ');
                    break;
                case '`' or '\'' or '-':
                    Typed((char)next);
                    break;
                case '\n':
                    if (_input.EndsParagraph()) Flush();
                    else _text.Append(' ');
                    break;
                default:
                    _text.Append((char)next);
                    break;
            }
        if (environment.Length == 0) Flush();
    }

    /// <summary>Quotation marks and dashes as they are typed.</summary>
    private void Typed(char sign)
    {
        var count = 1;
        while (count < 3 && _input.Peek() == sign)
        {
            _input.Read();
            count++;
        }
        _text.Append((sign, count) switch
        {
            ('-', 3) => "—",
            ('-', 2) => "–",
            ('`', 2) => "“",
            ('\'', 2) => "”",
            ('`', 1) => "‘",
            ('\'', 1) => "’",
            _ => new string(sign, count),
        });
    }

    /// <summary>Does what a command says.</summary>
    /// <returns>Whether it ends the environment that is open.</returns>
    private bool Command(string name, string environment)
    {
        if (_macros.TryGetValue(name, out var macro))
        {
            _input.Insert(macro.Expand(_input));
            return false;
        }
        switch (name)
        {
            case "begin":
                Begin(_input.ReadArgument().Trim());
                return false;
            case "end":
                var ended = _input.ReadArgument().Trim();
                _isOver |= ended == "document";
                return ended == environment || _isOver;
            case "part" or "chapter" or "section" or "subsection" or "subsubsection" or "paragraph" or "subparagraph"
                or "frametitle":
                _input.ReadOptional();
                Heading(LevelOf(name), _input.ReadArgument());
                break;
            case "title":
                _input.ReadOptional();
                Title = Inline(_input.ReadArgument());
                break;
            case "maketitle" when Title is { } title:
                Flush();
                Blocks.Add(new(BlockKind.Heading, title.Replace('\n', ' ')) { Level = 1 });
                break;
            case "item":
                Flush();
                if (_input.ReadOptional() is { } term) _text.Append(Inline(term)).Append(' ');
                break;
            case "caption" or "captionof":
                if (name == "captionof") _input.ReadArgument();
                _input.ReadOptional();
                Flush();
                Blocks.Add(new(BlockKind.Caption, Inline(_input.ReadArgument())));
                break;
            case "footnote" or "footnotetext" or "endnote" or "marginpar":
                _input.ReadOptional();
                _notes.Add(new(BlockKind.Footnote, Inline(_input.ReadArgument())));
                break;
            case "input" or "include" or "subfile" or "subfileinclude":
                _input.Include(_input.ReadArgument());
                break;
            case "import" or "subimport":
                _input.Include(_input.ReadArgument().TrimEnd('/') + "/" + _input.ReadArgument());
                break;
            case "newcommand" or "renewcommand" or "providecommand" or "DeclareRobustCommand":
                if (LatexMacro.ReadCommand(_input) is { } command) _macros[command.Name] = command;
                break;
            case "def" or "gdef" or "edef" or "xdef":
                if (LatexMacro.ReadDefinition(_input) is { } definition) _macros[definition.Name] = definition;
                break;
            case "write":
                _input.ReadRaw("{");
                _input.Insert("{");
                _input.ReadArgument();
                break;
            case "iffalse":
                _input.ReadRaw("\\fi");
                break;
            case "verb":
                _text.Append(_input.ReadRaw(((char)Math.Max(_input.Read(), ' ')).ToString()));
                break;
            case "(":
                _text.Append(LatexMath.Read(_input.ReadRaw("\\)")));
                break;
            case "[":
                Display(_input.ReadRaw("\\]"));
                break;
            case "\\" or "newline" or "linebreak":
                _input.ReadOptional();
                _text.Append('\n');
                break;
            case "par" or "bigskip" or "medskip" or "newpage" or "clearpage" or "pagebreak":
            case "opening" or "closing" or "ps" or "encl" or "cc" or "chapterprecis":
                Flush();
                break;
            case "vskip" or "hskip" or "kern":
                while (_input.Peek() is >= 0 and var next
                    && (char.IsAsciiLetterOrDigit((char)next) || next is '.' or '-')) _input.Read();
                break;
            case "enquote":
                _text.Append('“').Append(Inline(_input.ReadArgument())).Append('”');
                break;
            case "bibitem":
                Flush();
                _input.ReadOptional();
                _input.ReadArgument();
                break;
            case var accent when LatexSymbols.Accents.TryGetValue(accent, out var mark):
                _text.Append(LatexSymbols.Accented(Inline(_input.ReadArgument()), mark));
                break;
            case var symbol when LatexSymbols.Characters.TryGetValue(symbol, out var characters):
                _text.Append(characters);
                break;
            default:
                Unread(name);
                break;
        }
        return false;
    }

    /// <summary>
    /// A command that prints nothing itself: what it is told in brackets and the first arguments are no text.
    /// </summary>
    private void Unread(string name)
    {
        if (LatexSymbols.Unread.TryGetValue(name, out var count))
        {
            while (_input.ReadOptional() is not null) { }
            for (var i = 0; i < count; i++) _input.ReadArgument();
            // Where a reference stood, the blank before it has nothing to part.
            if (name.EndsWith("ref", StringComparison.Ordinal) && name is not ("href" or "hyperref")
                || name.StartsWith("cite", StringComparison.Ordinal))
                TrimBlank();
        }
        else if (_input.Peek() == '[')
            _input.ReadOptional();
    }

    private void Begin(string environment)
    {
        switch (environment)
        {
            case "document":
                // Whatever a preamble leaves behind is not set.
                _text.Clear();
                Blocks.Clear();
                _kind = BlockKind.Paragraph;
                Until(environment);
                Flush();
                break;
            case "abstract":
                Heading(2, "Abstract");
                In(environment, _kind, _lists);
                break;
            case "itemize" or "enumerate" or "description" or "compactitem" or "compactenum" or "inparaenum":
                _input.ReadOptional();
                In(environment, BlockKind.ListItem, _lists + 1);
                break;
            case "quote" or "quotation" or "verse" or "displayquote":
                In(environment, BlockKind.Quotation, 0);
                break;
            case "thebibliography":
                _input.ReadArgument();
                In(environment, BlockKind.Furniture, 0);
                break;
            case "verbatim" or "verbatim*" or "lstlisting" or "minted" or "Verbatim" or "alltt":
                Flush();
                _input.ReadOptional();
                if (environment == "minted") _input.ReadArgument();
                Blocks.Add(new(BlockKind.Code, _input.ReadRaw($"\\end{{{environment}}}")));
                break;
            case "comment" or "tikzpicture" or "picture" or "pgfpicture" or "filecontents" or "filecontents*"
                or "CCSXML":
                _input.ReadRaw($"\\end{{{environment}}}");
                break;
            case "equation" or "align" or "gather" or "multline" or "eqnarray" or "displaymath" or "math" or "alignat"
                or "flalign":
            case "equation*" or "align*" or "gather*" or "multline*" or "eqnarray*" or "alignat*" or "flalign*"
                or "IEEEeqnarray":
                Display(_input.ReadRaw($"\\end{{{environment}}}"));
                break;
            case "tabular" or "tabular*" or "tabularx" or "tabulary" or "longtable" or "array" or "supertabular"
                or "tabu" or "longtblr":
                Table(environment);
                break;
            case "frame":
                Flush();
                while (_input.ReadOptional() is not null) { }
                if (_input.Peek() == '{') Heading(2, _input.ReadArgument());
                In(environment, _kind, _lists);
                break;
            case "minipage" or "multicols" or "wrapfigure" or "adjustbox" or "spacing" or "column":
                Flush();
                while (_input.ReadOptional() is not null) { }
                _input.ReadArgument();
                if (environment == "wrapfigure") _input.ReadArgument();
                In(environment, _kind, _lists);
                break;
            default:
                while (_input.ReadOptional() is not null) { }
                In(environment, _kind, _lists);
                break;
        }
    }

    private void In(string environment, BlockKind kind, int lists)
    {
        Flush();
        var (outerKind, outerLists) = (_kind, _lists);
        (_kind, _lists) = (kind, lists);
        Until(environment);
        Flush();
        (_kind, _lists) = (outerKind, outerLists);
    }

    private void Table(string environment)
    {
        Flush();
        while (_input.ReadOptional() is not null) { }
        if (environment is "tabular*" or "tabularx" or "tabulary") _input.ReadArgument();
        _input.ReadArgument();
        var rows = LatexMacro.Split(_input.ReadRaw($"\\end{{{environment}}}"), "\\\\")
            .Select(row => LatexMacro.Split(row, "&")
                .Select(cell => (List<Block>)[new(BlockKind.Paragraph, Inline(cell).Trim())]).ToList());
        Blocks.Add(TableText.Of([.. rows]));
    }

    private void Formula()
    {
        if (_input.Peek() == '$')
        {
            _input.Read();
            Display(_input.ReadRaw("$$"));
        }
        else
            _text.Append(LatexMath.Read(_input.ReadRaw("$")));
    }

    private void Display(string formula)
    {
        Flush();
        Blocks.Add(new(_kind, LatexMath.Read(formula)) { Level = _lists });
    }

    private void Heading(int level, string words)
    {
        Flush();
        Blocks.Add(new(BlockKind.Heading, Inline(words).Replace('\n', ' ')) { Level = level });
    }

    /// <summary>The words of an argument; blocks in it become parts of the line.</summary>
    private string Inline(string argument)
    {
        if (argument.AsSpan().IndexOfAny(Special) < 0) return argument;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        var inner = new LatexText(this);
        _input.Insert($"{argument}\\end{{{Argument}}}");
        inner.Until(Argument);
        return string.Join(' ', inner.Blocks.Select(block => block.Text).Append(inner._text.ToString()));
    }

    private void TrimBlank()
    {
        while (_text.Length > 0 && _text[^1] == ' ') _text.Length--;
    }

    private void Flush()
    {
        if (_text.Length > 0) Blocks.Add(new(_kind, _text.ToString()) { Level = _lists });
        _text.Clear();
    }

    private static int LevelOf(string name) => name switch
    {
        "part" or "chapter" => 1,
        "section" or "frametitle" => 2,
        "subsection" => 3,
        "subsubsection" => 4,
        _ => 5,
    };
}
