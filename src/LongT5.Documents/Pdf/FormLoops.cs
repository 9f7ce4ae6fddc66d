using UglyToad.PdfPig;
using UglyToad.PdfPig.Core;
using UglyToad.PdfPig.Tokens;

namespace LongT5.Documents.Pdf;

/// <summary>
/// Finds forms (drawings that pages share) that draw themselves, one through
/// another: PdfPig would follow them without end.
/// </summary>
sealed class FormLoops
{
    private const int Deepest = 100;

    private readonly Structure _structure;
    private readonly HashSet<IndirectReference> _done = [];
    private readonly HashSet<IndirectReference> _open = [];

    private FormLoops(PdfDocument pdf) => _structure = pdf.Structure;

    /// <exception cref="InvalidDataException">A form draws itself, or forms are nested beyond all use.</exception>
    public static void Refuse(PdfDocument pdf)
    {
        var loops = new FormLoops(pdf);
        var seen = new HashSet<IndirectReference>();
        var nodes = new Stack<IToken>();
        if (pdf.Structure.Catalog.CatalogDictionary.TryGet(NameToken.Pages, out var root)) nodes.Push(root);
        while (nodes.TryPop(out var node))
        {
            if (node is IndirectReferenceToken reference && !seen.Add(reference.Data)) continue;
            if (loops.Resolve(node) is not DictionaryToken page) continue;
            loops.Follow(page, 0);
            if (page.TryGet(NameToken.Kids, out var kids) && loops.Resolve(kids) is ArrayToken children)
                foreach (var child in children.Data)
                    nodes.Push(child);
        }
    }

    /// <summary>All forms that a page or a form can draw.</summary>
    private void Follow(DictionaryToken drawing, int depth)
    {
        if (depth > Deepest) throw new InvalidDataException($"forms of it are nested more than {Deepest} deep");
        if (!drawing.TryGet(NameToken.Resources, out var token) || Resolve(token) is not DictionaryToken resources)
            return;
        if (!resources.TryGet(NameToken.Xobject, out var forms) || Resolve(forms) is not DictionaryToken named) return;
        foreach (var form in named.Data.Values)
        {
            if (form is not IndirectReferenceToken reference || _done.Contains(reference.Data)) continue;
            if (!_open.Add(reference.Data)) throw new InvalidDataException("a form of it draws itself in a loop");
            if (Resolve(form) is StreamToken stream) Follow(stream.StreamDictionary, depth + 1);
            _open.Remove(reference.Data);
            _done.Add(reference.Data);
        }
    }

    private IToken? Resolve(IToken token) => token is IndirectReferenceToken reference
        ? _structure.GetObject(reference.Data)?.Data : token;
}
