using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace LongT5.Documents.Tests.Pdf;

/// <summary>A PDF file from the text of its objects, the first of which is the catalog.</summary>
static class RawPdf
{
    public static byte[] Of(params string[] objects)
    {
        var file = new StringBuilder("%PDF-1.7\n");
        var offsets = new List<int>();
        for (var i = 0; i < objects.Length; i++)
        {
            offsets.Add(file.Length);
            file.Append(CultureInfo.InvariantCulture, $"{i + 1} 0 obj\n{objects[i]}\nendobj\n");
        }
        var start = file.Length;
        file.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (var offset in offsets) file.Append(CultureInfo.InvariantCulture, $"{offset:0000000000} 00000 n \n");
        file.Append(CultureInfo.InvariantCulture,
            $"trailer\n<</Size {objects.Length + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n");
        return Encoding.Latin1.GetBytes(file.ToString());
    }

    /// <summary>A stream with these entries in its dictionary.</summary>
    public static string Stream(string content, string entries = "")
        => $"<<{entries}/Length {content.Length}>>\nstream\n{content}\nendstream";

    /// <summary>A packed stream.</summary>
    public static string Flate(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal)) zlib.Write(content);
        return Stream(Encoding.Latin1.GetString(packed.ToArray()), "/Filter/FlateDecode");
    }

    /// <summary>Objects 1 to 4 of a file with one page that draws object 5; more may follow.</summary>
    public static string[] Page(string catalog = "", string page = "", string resources = "") =>
    [
        $"<</Type/Catalog/Pages 2 0 R{catalog}>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        $"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R/Resources<</Font<</F 4 0 "
            + $"R>>{resources}>>{page}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ];
}
