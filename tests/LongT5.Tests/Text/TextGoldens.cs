using System.Diagnostics;
using System.Text.Json;
using LongT5.Text;

namespace LongT5.Tests.Text;

/// <summary>
/// The recorded tokenizations and metrics: .xz in the whole collection, plain files in the small selection.
/// </summary>
static class TextGoldens
{
    public static IEnumerable<JsonElement> Lines(string name)
        => Read(name).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement);

    public static JsonElement Document(string name) => JsonDocument.Parse(Read(name)).RootElement;

    public static int[] Ints(this JsonElement element, string name)
        => [.. element.GetProperty(name).EnumerateArray().Select(item => item.GetInt32())];

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>A file of the data sets, which alone hold T5's own vocabulary.</summary>
    public static string Data(params string[] parts)
        => Path.Combine(
            [Goldens.Data
                ?? throw new DirectoryNotFoundException(
                    "LONGT5_GOLDENS asks for every recorded result: name the data sets too, in LONGT5_DATA."),
                    .. parts]);

    /// <summary>
    /// A file of the small selection, whichever collection is tested: these were made for a vocabulary of ours.
    /// </summary>
    public static string Fixture(string name) => Path.Combine(Goldens.Repository, "tests", "fixtures", "goldens",
        "text", name);

    public static Tokenizer Ours(TokenizerOptions? options = null)
        => Tokenizer.Load(Fixture("spiece.model"), options ?? new() { Sentinels = 64 });

    private static string Read(string name)
    {
        var plain = Goldens.Path("text", name);
        if (File.Exists(plain)) return File.ReadAllText(plain);
        using var xz = Start(plain + ".xz");
        var text = xz.StandardOutput.ReadToEnd();
        xz.WaitForExit(TimeSpan.FromMinutes(1));
        return xz.ExitCode == 0
            ? text : throw new InvalidDataException($"xz cannot read {plain}.xz: exit code {xz.ExitCode}.");
    }

    private static Process Start(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"The goldens lack {path}.", path);
        try
        {
            return Process.Start(new ProcessStartInfo("xz", ["-dc", path])
            {
                RedirectStandardOutput = true,
                StandardOutputEncoding = new System.Text.UTF8Encoding(false)
            })!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException(
                "LONGT5_GOLDENS asks for the whole collection, which is packed with xz: install the program xz.",
                missing);
        }
    }
}
