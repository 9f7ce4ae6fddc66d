using System.Text.Json;
using LongT5.Documents;
using LongT5.Documents.Reports;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;

namespace LongT5.Server.Native;

/// <summary>
/// The report of a summary, where a request asks for it: the summary beside its document, as data or as a page.
/// </summary>
static class ReportForms
{
    private static readonly Dictionary<string, Action<Utf8JsonWriter, Report>> Forms = new()
    {
        ["data"] = (writer, report) => writer.WriteRawValue(report.ToJson()),
        ["html"] = (writer, report) => writer.WriteStringValue(report.ToHtml()),
        ["markdown"] = (writer, report) => writer.WriteStringValue(report.ToMarkdown()),
    };

    /// <summary>The forms that a request asks for.</summary>
    /// <exception cref="ApiError">There is no such form.</exception>
    public static IReadOnlyList<string> Asked(Fields fields)
    {
        var forms = fields.Texts("report", Forms.Count);
        return forms.All(Forms.ContainsKey) && forms.Distinct().Count() == forms.Count ? forms
            : throw ApiError.Of("report", $"report must be one or several of {string.Join(", ", Forms.Keys)}.");
    }

    /// <summary>Writes them as the member <c>report</c>; nothing where none is asked for.</summary>
    public static void Write(
        Utf8JsonWriter writer, IReadOnlyList<string> forms, TextRequest request, SentText sent, Summary summary)
    {
        if (forms.Count == 0) return;
        var settings = new Summarizer(request.Model.Model).Settings(request.Options);
        var report = new Report(sent.Document ?? Document.OfPlainText(sent.Text.Text),
            // The notes of the document stand in it already.
            summary with { Warnings = [.. summary.Warnings.Skip(request.Notes.Count)] })
        {
            Name = sent.Name ?? "",
            Figures = [.. ReportFigures.Of(request.Model.Model, settings, request.Model.Name),
                .. ReportFigures.Of(summary)],
        };
        writer.WriteStartObject("report");
        foreach (var form in forms)
        {
            writer.WritePropertyName(form);
            Forms[form](writer, report);
        }
        writer.WriteEndObject();
    }
}
