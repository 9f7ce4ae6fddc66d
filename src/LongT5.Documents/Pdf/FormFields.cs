using UglyToad.PdfPig;
using UglyToad.PdfPig.AcroForms;
using UglyToad.PdfPig.AcroForms.Fields;
using UglyToad.PdfPig.Core;

namespace LongT5.Documents.Pdf;

/// <summary>What was filled into the fields of a form, which the pages themselves do not hold.</summary>
sealed class FormFields
{
    private readonly ILookup<int, (PdfRectangle Box, string Value)> _fields;

    private FormFields(ILookup<int, (PdfRectangle, string)> fields) => _fields = fields;

    public static FormFields Of(PdfDocument pdf)
    {
        var fields = pdf.TryGetForm(out var form) ? form.GetFields() : [];
        return new(fields.Select(field => (field.PageNumber, field.Bounds, Value: Value(field)))
            .Where(field => field is { PageNumber: not null, Bounds: not null, Value.Length: > 0 })
            .ToLookup(field => field.PageNumber!.Value, field => (field.Bounds!.Value, field.Value)));
    }

    /// <summary>The values of a page as letters in their fields, on the baseline of the words beside them.</summary>
    public IEnumerable<Glyph> On(int page, IReadOnlyList<Glyph> glyphs)
    {
        var order = glyphs.Count > 0 ? glyphs.Max(glyph => glyph.Order) : 0;
        foreach (var (box, value) in _fields[page])
        {
            var beside = glyphs.Where(glyph => !glyph.IsBlank && glyph.Y > box.Bottom - 2 && glyph.Y < box.Top)
                .Select(glyph => (glyph, Away: glyph.X0 > box.Right ? glyph.X0 - box.Right : box.Left - glyph.X1))
                .Where(near => near.Away >= -1).OrderBy(near => near.Away).Select(near => (Glyph?)near.glyph)
                .FirstOrDefault();
            var lines = value.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries
                | StringSplitOptions.TrimEntries);
            var size = beside?.Size ?? Math.Min(10, box.Height);
            var y = lines.Length > 1 ? box.Top - size : beside?.Y ?? box.Bottom + (box.Height - size) / 2 + 0.2 * size;
            for (var i = 0; i < lines.Length; i++)
                yield return new(lines[i], box.Left, box.Right, y - i * 1.2 * size, size, FontStyle.Plain, ++order);
        }
    }

    private static string Value(AcroFieldBase field) => field switch
    {
        AcroTextField text => text.Value ?? "",
        AcroCheckboxField { IsChecked: true } or AcroRadioButtonField { IsSelected: true } => "☒",
        AcroComboBoxField combo => string.Join(", ", combo.SelectedOptions),
        AcroListBoxField list => string.Join(", ", list.SelectedOptions),
        _ => "",
    };
}
