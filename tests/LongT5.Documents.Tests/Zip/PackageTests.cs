using LongT5.Documents.Zip;

namespace LongT5.Documents.Tests.Zip;

public class PackageTests
{
    private static Package Open(params (string Name, string Content)[] parts)
        => new(new Source("a.zip", Made.Zip(parts)));

    [Theory]
    [InlineData("OPS/text/a.xhtml", "../b%20c.css#x", "OPS/b c.css")]
    [InlineData("word/document.xml", "/docProps/core.xml", "docProps/core.xml")]
    [InlineData("", "word/./document.xml", "word/document.xml")]
    [InlineData("OPS/a.xhtml", "../../etc/passwd", null)]
    [InlineData("OPS/a.xhtml", "file:///etc/passwd", null)]
    [InlineData("OPS/a.xhtml", "http://x.y/z", null)]
    public void A_reference_stays_in_the_archive(string part, string reference, string? expected)
        => Assert.Equal(expected, Package.Resolve(part, reference));

    [Fact]
    public void A_part_that_unpacks_to_far_more_than_its_size_is_a_bomb()
    {
        using var package = Open(("a", new string(' ', 32 << 20)));
        Assert.Contains("zip bomb", Assert.Throws<BadFileException>(() => package.Bytes("a")).Message);
    }

    [Fact]
    public void A_part_with_a_document_type_or_with_nesting_without_end_is_refused()
    {
        using var package = Open(("a", "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"),
            ("b", string.Concat(Enumerable.Repeat("<b>", 10_000))), ("c", "<c>"));
        Assert.Contains("DTD", Assert.Throws<BadFileException>(() => package.Xml("a")).Message);
        Assert.Contains("deep", Assert.Throws<BadFileException>(() => package.Xml("b")).Message);
        Assert.Contains("damaged XML", Assert.Throws<BadFileException>(() => package.Xml("c")).Message);
        Assert.Contains("is missing", Assert.Throws<BadFileException>(() => package.Bytes("d")).Message);
    }
}
