using LongT5.Cli.Input;
using LongT5.Documents;
using LongT5.Documents.Reports;
using LongT5.Tasks;

namespace LongT5.Cli.Output;

/// <summary>
/// Which report goes where: one to a file; each of several to a file of a folder, with a page that leads to them.
/// </summary>
sealed class ReportPlan
{
    private readonly Dictionary<InputFile, string> _paths = [];
    private readonly List<ReportLink> _links = [];
    private readonly string? _index;
    private readonly string? _folder;
    private readonly bool _isMarkdown;
    private readonly bool _replaces;

    /// <param name="inputs">What will be worked on.</param>
    /// <param name="path">What --report named: a page, or a folder for them.</param>
    /// <param name="replaces">Whether pages that are there may be replaced.</param>
    /// <exception cref="Failure">The name says neither HTML nor Markdown, or a page is there already.</exception>
    public ReportPlan(IReadOnlyList<InputFile> inputs, string path, bool replaces)
    {
        _replaces = replaces;
        var ending = Path.GetExtension(path).ToLowerInvariant();
        var isFolder = Directory.Exists(path) || path is [.., '/'] or [.., '\\'] || ending.Length == 0;
        _isMarkdown = !isFolder && ending is ".md" or ".markdown";
        if (!isFolder && !_isMarkdown && ending is not (".html" or ".htm"))
            throw Failure.Usage($"--report {path} names neither a page (.html, .md) nor a folder.");
        var isBatch = inputs.Count > 1 || inputs.Any(input => input.IsFound);
        if (!isBatch && !isFolder)
        {
            _paths[inputs[0]] = path;
            return;
        }
        _folder = isFolder ? path : Path.ChangeExtension(path, null);
        _index = isBatch ? isFolder ? Path.Combine(path, "index.html") : path : null;
        if (_index is not null) OutputFile.CheckFree(_index, replaces);
        var shared = inputs.CountBy(input => Path.ChangeExtension(input.RelativePath, null), StringComparer.Ordinal)
            .Where(name => name.Value > 1).Select(name => name.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            var name = Path.ChangeExtension(input.RelativePath, null);
            _paths[input] = Path.Combine(_folder, (shared.Contains(name) ? input.RelativePath : name)
                + (_isMarkdown ? ".md" : ".html"));
        }
        if (_paths.Values.GroupBy(Path.GetFullPath).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw Failure.Usage($"two texts would both be written to {twice.Key}; run them one by one.");
    }

    /// <summary>Whether passages are looked for because of reports alone: the text is as it is without them.</summary>
    public bool TakesEvidence { get; init; }

    /// <summary>What holds for all of them, at the foot: the model, and what it was asked.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; set; } = [];

    /// <summary>A summary as it is written where no report is.</summary>
    public Summary AsText(Summary summary) => !TakesEvidence ? summary : summary with
    {
        Evidence = null,
        Sections = [.. summary.Sections.Select(section => section with { Summary = AsText(section.Summary) })],
    };

    /// <summary>The file for the report of a text, ready to be written.</summary>
    public OutputFile Open(InputFile input) => new(_paths[input], _replaces);

    /// <summary>Writes the report of a text.</summary>
    public void Write(InputFile input, OutputFile file, Document document, Summary summary)
    {
        var report = new Report(document, summary)
        {
            Name = Path.GetFileName(input.Name),
            Figures = [.. Settings, .. ReportFigures.Of(summary)],
        };
        file.Complete(_isMarkdown ? report.ToMarkdown() : report.ToHtml());
        if (_index is null) return;
        var link = Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(_index))!,
            Path.GetFullPath(_paths[input]));
        _links.Add(new(link.Replace('\\', '/'), report.Title, summary.Text, summary.Doubts.Count));
    }

    /// <summary>Writes the page that leads to all reports, where there are several.</summary>
    public void Complete()
    {
        if (_index is null || _links.Count == 0) return;
        using var file = new OutputFile(_index, _replaces);
        file.Complete(_isMarkdown ? ReportIndex.ToMarkdown(_links) : ReportIndex.ToHtml(_links));
    }
}
