using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace LongT5.Documents.Pdf;

/// <summary>
/// Reads pictures of pages with the programs <c>pdftoppm</c> and <c>tesseract</c>, where they are installed.
/// </summary>
sealed class Recognition : IDisposable
{
    /// <summary>What people do to have scans read.</summary>
    public const string Advice =
        "install pdftoppm and tesseract (Debian and Ubuntu: poppler-utils and tesseract-ocr), and they are read";

    private const int Resolution = 300;   // dots per inch
    private const int LargestSide = 9000; // dots
    private static readonly TimeSpan LongestDrawing = TimeSpan.FromSeconds(20),
    LongestReading = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-scan-").FullName;
    private readonly string _file;
    private readonly ReadingOptions _options;
    private readonly string[] _mode;

    private Recognition(byte[] pdf, ReadingOptions options, string[] mode)
    {
        _file = Path.Combine(_folder, "document.pdf");
        File.WriteAllBytes(_file, pdf);
        (_options, _mode) = (options, mode);
    }

    /// <summary>The programs, ready to read a document, or null where they are not installed.</summary>
    /// <param name="pdf">The document.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="language">The document's language as it says it itself (a BCP 47 tag), or null.</param>
    public static Recognition? Of(byte[] pdf, ReadingOptions options, string? language)
    {
        if (Run(null, LongestDrawing, "pdftoppm", "-v") is null
            || Run(null, LongestDrawing, "tesseract", "--list-langs") is not { } listed) return null;
        var installed = listed.Split('\n', StringSplitOptions.TrimEntries).Skip(1).Where(name => name.Length > 0)
            .ToHashSet();
        var wanted = Language(language) is { } name && installed.Contains(name) ? name : "eng";
        if (!installed.Contains(wanted)) wanted = installed.FirstOrDefault(other => other != "osd") ?? wanted;
        return new(pdf, options, ["--psm", installed.Contains("osd") ? "1" : "3", "-l", wanted]);
    }

    /// <summary>
    /// The lines of a page and how sure the program is of its words, from 0 to 100; null where it failed.
    /// </summary>
    public (List<Line> Lines, double Confidence)? Page(int number, double width, double height)
    {
        var resolution = Math.Min(Resolution, LargestSide * 72 / Math.Max(1, Math.Max(width, height)));
        var picture = Path.Combine(_folder, $"page-{number}");
        string[] password = _options.Password is { } secret ? ["-upw", secret] : [];
        var dots = Text(Math.Floor(resolution));
        if (Run(_options.Progress, LongestDrawing, "pdftoppm", [.. password, "-r", dots, "-gray", "-png", "-singlefile",
            "-f", Text(number), "-l", Text(number), _file, picture]) is null) return null;
        if (Run(_options.Progress, LongestReading, "tesseract",
            [picture + ".png", "-", "--dpi", dots, .. _mode, "tsv"]) is not { } table) return null;
        File.Delete(picture + ".png");
        return RecognisedPage.Of(number, table, 72 / Math.Floor(resolution), height);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What a program printed, or null where it is not there, failed, or took longer than it may.</summary>
    private static string? Run(Action? goesOn, TimeSpan longest, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment["OMP_THREAD_LIMIT"] = "1";
        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            var output = process.StandardOutput.ReadToEndAsync();
            for (var clock = Stopwatch.StartNew(); clock.Elapsed < longest; goesOn?.Invoke())
                if (process.WaitForExit(1000))
                    return process.ExitCode == 0 ? output.Result : null;
            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static string? Language(string? tag) => tag?.Split('-', '_')[0].ToLowerInvariant() switch
    {
        "de" => "deu",
        "fr" => "fra",
        "es" => "spa",
        "it" => "ita",
        "pt" => "por",
        "nl" => "nld",
        "pl" => "pol",
        "cs" => "ces",
        "ru" => "rus",
        "uk" => "ukr",
        "el" => "ell",
        "tr" => "tur",
        "sv" => "swe",
        "da" => "dan",
        "no" or "nb" => "nor",
        "fi" => "fin",
        "hu" => "hun",
        "ro" => "ron",
        "ar" => "ara",
        "he" => "heb",
        "ja" => "jpn",
        "ko" => "kor",
        "zh" => "chi_sim",
        _ => null,
    };
}
