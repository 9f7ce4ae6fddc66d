using System.Text;
using CsCheck;

namespace LongT5.Documents.Tests;

/// <summary>Whatever is done to the bytes of a document, it is read or refused in one sentence.</summary>
public class HostileBytesTests
{
    public static TheoryData<string> Samples => [.. Documents.Keys];

    private static readonly Dictionary<string, byte[]> Documents = new()
    {
        ["a.docx"] = Made.Docx("<w:p><w:r><w:t>words</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
            ("styles", "<w:style w:styleId='a'/>")),
        ["a.pptx"] = Made.Zip(("_rels/.rels", Made.Relations(("officeDocument", "ppt/presentation.xml"))),
            ("ppt/presentation.xml", "<p:presentation xmlns:p='urn:p' xmlns:r='urn:r'><p:sldIdLst><p:sldId id='9' "
                + "r:id='r0'/></p:sldIdLst></p:presentation>"),
            ("ppt/_rels/presentation.xml.rels", Made.Relations(("slide", "slide1.xml"))),
            ("ppt/slide1.xml", "<p:sld xmlns:p='urn:p' xmlns:a='urn:a'><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r>"
                + "<a:t>words</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>")),
        ["a.odt"] = Made.Odt("<t:h t:outline-level='1'>head</t:h><t:p>words<t:s "
            + "t:c='3'/></t:p><tb:table><tb:table-row><tb:table-cell/></tb:table-row></tb:table>"),
        ["a.epub"] = Made.Epub(["a.xhtml"],
            ("OPS/a.xhtml", Made.Chapter("<h1>Head</h1><p>words &amp; <a id='x'/>more</p>"))),
        ["a.rtf"] = Encoding.Latin1.GetBytes(
            @"{\rtf1\ansi{\fonttbl{\f0\fcharset128 x;}}\f0 w\'6frds\u8364?{\*\footnote note}\trowd a\cell\row\bin3 abc\par}"),
        ["a.html"] = Encoding.UTF8.GetBytes("<!doctype html><title>t</title><h1>Head</h1><p>words <b>and</b> "
            + "more<table><tr><td>a<td>b</table><pre>x</pre>"),
        ["a.md"] = Encoding.UTF8.GetBytes(
            "# Head\n\n- *words*[^1] and `code`\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n[^1]: note\n"),
        ["a.tex"] = Encoding.UTF8.GetBytes("\\documentclass{a}\\newcommand{\\x}[1]{#1}\\begin{document}\\section{H} "
            + "w\\x{o}rds $a_1$ \\'e\\begin{tabular}{l}a & b\\\\\\end{tabular}\\end{document}"),
        ["a.xml"] = Encoding.UTF8.GetBytes(
            "<?xml version='1.0'?><article><front><article-meta/></front><body><sec><title>H</title><p>words&eacute;</p></sec></body></article>"),
        ["a.eml"] = Encoding.UTF8.GetBytes("From: a@b.c\r\nMessage-ID: <1@b>\r\nSubject: "
            + "=?utf-8?q?s?=\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nwords\r\n--b--\r\n"),
        ["a.srt"] = Encoding.UTF8.GetBytes(
            "1\n00:00:01,000 --> 00:00:02,000\nwords\n\n2\n00:00:02,000 --> 00:00:03,000\n<i>more</i>\n"),
        ["a.vtt"] = Encoding.UTF8.GetBytes(
            "WEBVTT\n\nNOTE x\n\n00:01.000 --> 00:02.000\n<v Ann>words</v>\n\n00:02.000 --> 00:03.000\nmore\n"),
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_document_that_is_cut_anywhere_is_read_or_refused(string name)
    {
        Assert.Contains("words", Made.Read(Documents[name], name).Text);
        for (var length = 0; length < Documents[name].Length; length += 1 + Documents[name].Length / 300)
            ReadOrRefuse(Documents[name][..length], name);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_document_with_wrong_bytes_is_read_or_refused(string name)
        => Gen.Select(Gen.Int[0, Documents[name].Length - 1], Gen.Byte, Gen.Int[0, Documents[name].Length - 1],
            Gen.Byte).Sample((at, one, then, two) =>
        {
            var bytes = Documents[name].ToArray();
            (bytes[at], bytes[then]) = (one, two);
            ReadOrRefuse(bytes, name);
        }, iter: 300);

    private static void ReadOrRefuse(byte[] bytes, string name)
    {
        try
        {
            Assert.NotEmpty(Made.Read(bytes, name).Text);
        }
        catch (BadFileException exception)
        {
            Assert.StartsWith(name, exception.Message);
            Assert.DoesNotContain('\n', exception.Message);
        }
    }
}
