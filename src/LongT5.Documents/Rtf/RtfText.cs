using System.Text;
using LongT5.Documents.Web;

namespace LongT5.Documents.Rtf;

/// <summary>
/// The machine that rich text drives: groups save and restore what holds, destinations say where words go.
/// </summary>
/// <remarks>Groups lie on a stack of its own, however deep they nest.</remarks>
sealed class RtfText
{
    /// <summary>Groups whose words nobody reads.</summary>
    private static readonly HashSet<string> Skipped =
    [
        "colortbl", "info", "pict", "nonshppict", "themedata", "colorschememapping", "datastore", "latentstyles",
        "listtable",
        "listoverridetable", "rsidtbl", "generator", "xmlnstbl", "mmathPr", "annotation", "atnauthor", "atnid",
        "atndate", "atnref",
        "bkmkstart", "bkmkend", "objdata", "objclass", "objname", "ftnsep", "ftnsepc", "ftncn", "aftnsep", "aftnsepc",
        "aftncn", "tc",
        "tcn", "xe", "txe", "rxe", "template", "pnseclvl", "sp", "shprslt", "nonesttables", "filetbl",
        "revtbl", "private",
        "pgptbl", "fchars", "lchars", "listpicture", "background", "passwordhash", "docvar", "userprops",
        "wgrffmtfilter",
    ];

    private static readonly Dictionary<string, char> Signs = new()
    {
        ["emdash"] = '—',
        ["endash"] = '–',
        ["lquote"] = '‘',
        ["rquote"] = '’',
        ["ldblquote"] = '“',
        ["rdblquote"] = '”',
        ["bullet"] = '•',
        ["emspace"] = ' ',
        ["enspace"] = ' ',
        ["qmspace"] = ' ',
        ["tab"] = ' ',
        ["line"] = '\n',
        ["softline"] = '\n',
        ["zwj"] = '\u200D',
        ["zwnj"] = '\u200C',
    };

    private readonly Stack<State> _saved = new();
    private readonly Dictionary<int, string> _styles = [];
    private readonly Dictionary<int, Encoding> _fonts = [];
    private readonly List<Block> _notes = [], _furniture = [];
    private readonly List<byte> _bytes = [];
    private readonly RtfStory _body;
    private readonly StringBuilder _name = new();
    private State _now;
    private Encoding _ansi = HtmlEncoding.ByLabel("windows-1252")!;
    private bool _isIgnorable, _isFresh;
    private int _toSkip;

    public RtfText()
    {
        _body = new(BlockKind.Paragraph, _styles);
        _now = new State { Story = _body, Encoding = _ansi };
    }

    /// <summary>What was read: the body, the notes, the heads and feet.</summary>
    public IEnumerable<Block> Finish()
    {
        while (_saved.Count > 0) CloseGroup();
        EndBytes();
        return [.. _body.Finish(_now.Paragraph), .. _notes, .. _furniture];
    }

    /// <summary>The next piece.</summary>
    public void Take(RtfToken token)
    {
        if (token.Kind != RtfKind.Byte) EndBytes();
        var isFresh = _isFresh;
        _isFresh = token.Kind == RtfKind.GroupStart || isFresh && token is { Kind: RtfKind.Sign, Value: '*' };
        switch (token.Kind)
        {
            case RtfKind.GroupStart:
                _toSkip = 0;
                _saved.Push(_now);
                break;
            case RtfKind.GroupEnd:
                _toSkip = 0;
                CloseGroup();
                break;
            case RtfKind.Sign when token.Value == '*':
                _isIgnorable = isFresh;
                return;
            case RtfKind.Byte when _toSkip > 0:
            case RtfKind.Sign when _toSkip > 0:
                _toSkip--;
                break;
            case RtfKind.Byte:
                _bytes.Add((byte)token.Value!.Value);
                break;
            case RtfKind.Sign:
                Sign((char)token.Value!.Value);
                break;
            case RtfKind.Control:
                Control(token.Word, token.Value, isFresh || _isIgnorable);
                break;
        }
        _isIgnorable = false;
    }

    private void Sign(char sign)
    {
        switch (sign)
        {
            case '~':
                Append(" ");
                break;
            case '_':
                Append("-");
                break;
            case '\r' or '\n':
                EndParagraph();
                break;
            case '\\' or '{' or '}':
                Append(sign.ToString());
                break;
        }
    }

    private void Control(string word, int? value, bool isDestination)
    {
        if (isDestination && Destination(word)) return;
        switch (word)
        {
            case "par" or "sect" or "page" or "column":
                EndParagraph();
                break;
            case "cell" or "nestcell":
                if (IsRead) _now.Story.EndCell(_now.Paragraph);
                break;
            case "row" or "nestrow":
                if (IsRead) _now.Story.EndRow();
                break;
            case "pard":
                _now.Paragraph = new();
                break;
            case "intbl":
                _now.Paragraph = _now.Paragraph with { IsInTable = true };
                break;
            case "s":
                _now.Paragraph = _now.Paragraph with { Style = value ?? 0 };
                break;
            case "outlinelevel":
                _now.Paragraph = _now.Paragraph with { Outline = value ?? -1 };
                break;
            case "ls":
                _now.Paragraph = _now.Paragraph with { List = value ?? 0 };
                break;
            case "ilvl":
                _now.Paragraph = _now.Paragraph with { ListLevel = Math.Clamp(value ?? 0, 0, 9) };
                break;
            case "plain":
                (_now.IsHidden, _now.IsDeleted) = (false, false);
                break;
            case "v":
                _now.IsHidden = value != 0;
                break;
            case "deleted":
                _now.IsDeleted = value != 0;
                break;
            case "u":
                // Above 32,767 it is written as a negative number; what follows is for readers without Unicode.
                if (value is { } unit) Append(((char)(unit & 0xFFFF)).ToString());
                _toSkip = _now.Fallback;
                break;
            case "uc":
                _now.Fallback = Math.Clamp(value ?? 1, 0, 16);
                break;
            case "ansicpg":
                _ansi = _now.Encoding = HtmlEncoding.ByLabel($"windows-{value}") ?? ByPage(value ?? 0) ?? _ansi;
                break;
            case "mac":
                _ansi = _now.Encoding = HtmlEncoding.ByLabel("macintosh") ?? _ansi;
                break;
            case "f":
                _now.Font = value ?? 0;
                _now.Encoding = _fonts.GetValueOrDefault(_now.Font, _ansi);
                break;
            case "fcharset" when _now.Place == Place.Fonts:
                if (PageOf(value ?? 0) is { } page && ByPage(page) is { } encoding) _fonts[_now.Font] = encoding;
                break;
            case var sign when Signs.TryGetValue(sign, out var character):
                Append(character.ToString());
                break;
        }
    }

    /// <summary>Where the words of a group go, if its first word is one that says it.</summary>
    private bool Destination(string word)
    {
        switch (word)
        {
            case "fonttbl":
                _now.Place = Place.Fonts;
                return true;
            case "stylesheet":
                _now.Place = Place.Styles;
                return true;
            case "footnote":
                Begin(BlockKind.Footnote);
                return true;
            case "shptxt" or "dptxbxtext":
                Begin(_now.Story.Kind);
                return true;
            case "header" or "headerl" or "headerr" or "headerf" or "footer" or "footerl" or "footerr" or "footerf":
                Begin(BlockKind.Furniture);
                return true;
            case "pntext" or "listtext":
                _now.Story.HasMark = true;
                _now.Place = Place.Nowhere;
                return true;
            case "fldinst":
                _now.Place = Place.Instruction;
                _name.Clear();
                return true;
            case "fldrslt":
                // The instruction stands before its result, in the same field.
                if (_name.ToString().TrimStart() is ['T', 'O', 'C', ..] or ['I', 'N', 'D', 'E', 'X', ..])
                    _now.Place = Place.Nowhere;
                _name.Clear();
                return true;
            case "upr" when _now.Place == Place.Text:
                // The same words twice, for readers without Unicode and for the others.
                _now.Place = Place.Twice;
                return true;
            case "ud" when _now.Place == Place.Twice:
                _now.Place = Place.Text;
                return true;
            case "cs" or "ds" or "ts" when _now.Place == Place.Styles:
            case "shpinst" or "shppict" or "do":
                return true;
            case var _ when Skipped.Contains(word):
            case var _ when _isIgnorable:
                _now.Place = Place.Nowhere;
                return true;
            default:
                return false;
        }
    }

    private void Begin(BlockKind kind)
    {
        if (!IsRead) return;
        _now.Story = new(kind, _styles);
        _now.Paragraph = new();
        (_now.IsHidden, _now.IsDeleted) = (false, false);
    }

    private void CloseGroup()
    {
        if (!_saved.TryPop(out var outer)) return;
        if (_now.Place == Place.Styles && outer.Place == Place.Styles && _name.Length > 0)
        {
            _styles[_now.Paragraph.Style] = _name.ToString().Trim(' ', ';').ToLowerInvariant();
            _name.Clear();
        }
        if (_now.Story != outer.Story)
        {
            var blocks = _now.Story.Finish(_now.Paragraph);
            if (_now.Story.Kind == BlockKind.Furniture) _furniture.AddRange(blocks);
            else if (_now.Story.Kind == BlockKind.Footnote) _notes.AddRange(blocks);
            else outer.Story.Add(blocks);
        }
        _now = outer;
    }

    private bool IsRead => _now is { Place: Place.Text, IsHidden: false, IsDeleted: false };

    private void EndParagraph()
    {
        if (_now.Place == Place.Text) _now.Story.EndParagraph(_now.Paragraph);
    }

    private void EndBytes()
    {
        if (_bytes.Count == 0) return;
        Append(_now.Encoding.GetString([.. _bytes]));
        _bytes.Clear();
    }

    private void Append(string words)
    {
        if (IsRead) _now.Story.Text.Append(words);
        else if (_now.Place is Place.Styles or Place.Instruction && _name.Length < 256) _name.Append(words);
    }

    private static Encoding? ByPage(int page)
    {
        try
        {
            return Encoding.GetEncoding(page);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    /// <summary>The code page of a font's character set.</summary>
    private static int? PageOf(int charset) => charset switch
    {
        77 => 10000,
        128 => 932,
        129 => 949,
        134 => 936,
        136 => 950,
        161 => 1253,
        162 => 1254,
        163 => 1258,
        177 => 1255,
        178 => 1256,
        186 => 1257,
        204 => 1251,
        222 => 874,
        238 => 1250,
        _ => null,
    };

    private enum Place
    {
        Text,
        Nowhere,
        Twice,
        Fonts,
        Styles,
        Instruction,
    }

    private struct State()
    {
        public required RtfStory Story;
        public required Encoding Encoding;
        public RtfParagraph Paragraph = new();
        public Place Place;
        public bool IsHidden, IsDeleted;
        public int Fallback = 1, Font;
    }
}
