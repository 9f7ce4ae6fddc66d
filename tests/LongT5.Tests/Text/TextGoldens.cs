using System.Diagnostics;
using System.Text.Json;

namespace LongT5.Tests.Text;

/// <summary>The recorded tokenizations and metrics: .xz in the whole collection, plain files in the small selection.</summary>
static class TextGoldens
{
    public static IEnumerable<JsonElement> Lines(string name)
        => Read(name).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement);

    public static JsonElement Document(string name) => JsonDocument.Parse(Read(name)).RootElement;

    public static int[] Ints(this JsonElement element, string name)
        => [.. element.GetProperty(name).EnumerateArray().Select(item => item.GetInt32())];

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>Where T5's own vocabulary lies; only the data sets hold it.</summary>
    public static string T5(params string[] parts) => Path.Combine([Goldens.Data!, "t5_tokenizer", .. parts]);

    private static string Read(string name)
    {
        var plain = Goldens.Path("text", name);
        if (File.Exists(plain)) return File.ReadAllText(plain);
        using var xz = Start(plain + ".xz");
        var text = xz.StandardOutput.ReadToEnd();
        xz.WaitForExit();
        return xz.ExitCode == 0 ? text : throw new InvalidDataException($"xz cannot read {plain}.xz: exit code {xz.ExitCode}.");
    }

    private static Process Start(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"The goldens lack {path}.", path);
        try
        {
            return Process.Start(new ProcessStartInfo("xz", ["-dc", path]) { RedirectStandardOutput = true, StandardOutputEncoding = new System.Text.UTF8Encoding(false) })!;
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            throw new InvalidOperationException("LONGT5_GOLDENS asks for the whole collection, which is packed with xz: install the program xz.", missing);
        }
    }
}
