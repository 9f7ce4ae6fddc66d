using UglyToad.PdfPig;

namespace LongT5.Documents.Pdf;

/// <summary>
/// Reads the pages of a document one by one: their letters, or what text recognition finds where these say nothing.
/// </summary>
/// <param name="source">The document.</param>
/// <param name="pdf">The same, opened.</param>
/// <param name="options">How to read it.</param>
/// <param name="language">The language that it says to be in, or null.</param>
sealed class Pages(Source source, PdfDocument pdf, ReadingOptions options, string? language)
{
    private readonly List<PageRows> _rows = [];
    private readonly List<(int Number, double Width, double Height, string Why)> _unread = [];
    private readonly List<(int Number, string Why)> _left = [];
    private readonly SortedSet<int> _recognisedBefore = [];

    /// <summary>What the reader must be told.</summary>
    public List<string> Notes { get; } = [];

    /// <summary>All pages in order; none is left out without a note.</summary>
    public List<PageRows> Read()
    {
        var fields = FormFields.Of(pdf);
        for (var number = 1; number <= pdf.NumberOfPages; number++)
        {
            Read(number, fields);
            options.Progress?.Invoke();
        }
        if (_unread.Count + _left.Count > 0) Recognise();
        if (_recognisedBefore.Count > 0)
            Notes.Add(
                $"{Named(_recognisedBefore)} a scan; the text that its maker had recognised was read, "
                + "with its errors.");
        _rows.Sort((a, b) => a.Number.CompareTo(b.Number));
        return _rows;
    }

    private void Read(int number, FormFields fields)
    {
        try
        {
            var page = pdf.GetPage(number);
            var letters = PageLetters.Of(page);
            if (page.Rotation.Value == 0)
                letters.ByDirection[0].AddRange([.. fields.On(number, letters.ByDirection[0])]);
            var why = Legible.Of(page, letters);
            if (why == Legibility.Text)
            {
                if (letters.IsRecognised) _recognisedBefore.Add(number);
                _rows.Add(PageRows.Of(letters));
            }
            else
                _unread.Add((number, page.Width, page.Height, why == Legibility.Picture
                    ? "a picture without text (a scan)" : "set in fonts that do not say which characters they show"));
        }
        catch (InvalidDataException error)
        {
            // What is meant to exhaust a reader is not handed to the next one.
            _left.Add((number, $"damaged ({Short(error)})"));
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            _unread.Add((number, 612, 792, $"damaged ({Short(error)})"));
        }
    }

    private void Recognise()
    {
        using var recognition = _unread.Count > 0 ? Recognition.Of(source.Bytes, options, language) : null;
        var confidence = new SortedDictionary<int, double>();
        if (recognition is not null)
            Parallel.ForEach(_unread, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
                page =>
            {
                var found = recognition.Page(page.Number, page.Width, page.Height);
                lock (_rows)
                {
                    if (found is not { Lines.Count: > 0 } read)
                        _left.Add((page.Number, page.Why));
                    else
                    {
                        confidence[page.Number] = read.Confidence;
                        _rows.Add(new(page.Number, read.Lines, [], []));
                    }
                }
            });
        else
            _left.AddRange(_unread.Select(page => (page.Number, page.Why)));

        if (confidence.Count > 0)
        {
            var mean = confidence.Values.Average();
            Notes.Add($"{Named(confidence.Keys)} a picture; tesseract read it with a mean confidence of {mean:0} of 100"
                + (mean < 60 ? ", which is low: expect errors." : "."));
        }
        _left.Sort((a, b) => a.Number.CompareTo(b.Number));
        var remedy = recognition is null && _unread.Count > 0 ? $"; {Recognition.Advice}" : "";
        if (_rows.Count == 0)
            throw source.Bad(
                $"it has no text that can be read: {Named(_left.Select(page => page.Number))} {_left[0].Why}{remedy}");
        foreach (var same in _left.GroupBy(page => page.Why))
            Notes.Add($"{Named(same.Select(page => page.Number))} left out, being {same.Key}{remedy}.");
    }

    /// <summary>"Page 3 is" or "Pages 3-5, 9 are".</summary>
    private static string Named(IEnumerable<int> pages)
    {
        var all = pages.ToList();
        if (all.Count == 1) return $"page {all[0]} is";
        var ranges = new List<string>();
        for (int i = 0, first = 0; i < all.Count; i++)
        {
            if (i + 1 < all.Count && all[i + 1] == all[i] + 1) continue;
            ranges.Add(first == i ? $"{all[i]}" : $"{all[first]}-{all[i]}");
            first = i + 1;
        }
        return $"pages {string.Join(", ", ranges.Take(20))}{(ranges.Count > 20 ? " and more" : "")} are";
    }

    /// <summary>What an error says, in one line.</summary>
    public static string Short(Exception error)
    {
        var text = error.Message.ReplaceLineEndings(" ");
        return text.Length <= 160 ? text.TrimEnd('.') : text[..160] + "…";
    }
}
