using System.Runtime.InteropServices;
using System.Text;
using LongT5.Generation;
using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>Makes a summary of whole sentences of the source: from their numbers, not from their tokens.</summary>
/// <param name="quotations">How the tokens are read.</param>
/// <param name="sentences">The same sentences.</param>
/// <param name="tokenizer">The vocabulary, to know its special tokens.</param>
sealed class QuotationWriter(
    Quotations quotations, IReadOnlyList<(int[] Tokens, string Text)> sentences, Tokenizer tokenizer) : ISummaryWriter
{
    private readonly List<int> _ids = [];
    private readonly List<string> _quoted = [];
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public IReadOnlyList<string> Quoted => _quoted;

    public string? EndedBy => null;

    public int LeftAway { get; private set; }

    public int Lost => 0;

    public string Add(int id)
    {
        if (tokenizer.IsSpecial(id) && id != tokenizer.UnknownId) return "";
        _ids.Add(id);
        return Append(quotations.Complete(CollectionsMarshal.AsSpan(_ids), isOver: false));
    }

    public string Finish(bool isCut)
    {
        var all = quotations.Complete(CollectionsMarshal.AsSpan(_ids), isOver: true);
        LeftAway = _ids.Count - all.Sum(sentence => sentences[sentence].Tokens.Length)
            - quotations.SeparatorLength * Math.Max(0, all.Count - 1);
        return Append(all);
    }

    private string Append(IReadOnlyList<int> all)
    {
        var start = _text.Length;
        foreach (var sentence in all.Skip(_quoted.Count))
        {
            var text = sentences[sentence].Text;
            if (_text.Length > 0 && !Sentences.IsOfScriptWithoutSpaces(text[0])) _text.Append(' ');
            _text.Append(text);
            _quoted.Add(text);
        }
        return _text.ToString(start, _text.Length - start);
    }
}
