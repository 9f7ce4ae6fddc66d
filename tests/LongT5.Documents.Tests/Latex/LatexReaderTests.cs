namespace LongT5.Documents.Tests.Latex;

public class LatexReaderTests
{
    private static Document Read(string body)
        => Made.Read(
            $"\\documentclass{{article}}\n\\usepackage{{x}}\n\\begin{{document}}\n{body}\n\\end{{document}} never",
            "a.tex");

    [Theory]
    [InlineData("Caf\\'e M\\\"uller, \\c{c}a, \\v{s}, na\\\"{\\i}ve, \\o, 5\\,\\%",
        "Café Müller, ça, š, naïve, ø, 5 %")]
    [InlineData("``high'' --- low -- x~y", "“high” — low – x y")]
    [InlineData("one % comment\ntwo\n% whole line\nthree\n\nfour", "one two three\n\nfour")]
    [InlineData("\\emph{a} \\textbf{b \\textit{c}} {\\Large d} \\unknown[x]{e}", "a b c d e")]
    [InlineData("see Eq.~\\eqref{x} and \\cite[p.~3]{y}. \\href{http://x}{there} \\label{z}", "see Eq. and. there")]
    [InlineData("$E = h\\nu - \\phi$ is \\(x_1\\)", "E = hν − φ is x_1")]
    [InlineData("\\setkomavar{fromname}{Joe}\\opening{Dear Ann,} words \\closing{Yours}\\vskip 3pt",
        "Dear Ann, words\n\nYours")]
    [InlineData("\\iffalse gone \\fi kept \\verb|\\x%y|", "kept \\x%y")]
    public void What_is_set_is_read(string body, string expected) => Assert.Equal(expected, Read(body).Text);

    [Fact]
    public void Macros_of_the_document_are_expanded()
        => Assert.Equal(
            "the Lab, (a, b), X-y, [z] list",
            Read("\\newcommand{\\lab}{the Lab}\\newcommand*{\\pair}[2]{(#1, "
                + "#2)}\\def\\join#1#2{#1-#2}\\newcommand{\\opt}[1][z]{[#1]}\n"
                + "\\newcommand{\\be}{\\begin{itemize}}\\newcommand{\\ee}{\\end{itemize}}\\lab, \\pair{a}{b}, \\join "
                + "Xy, \\opt\\be\\item list\\ee")
                .Text.Replace("\n\n", " ", StringComparison.Ordinal));

    [Fact]
    public void Blocks_have_the_kinds_of_their_environments()
        => Assert.Equal(
            [
                "Heading1: Title", "Heading2: Abstract", "Paragraph: short", "Heading2: One", "ListItem1: a",
                "ListItem2: b", "Quotation: q", "Code: x % y",
                "Caption: under", "Table: a | b\nc & d | e", "Paragraph: E = m", "Furniture: A. Author. 1905.",
                "Footnote: note",
            ],
            Made.Outline(
                Read(
                    "\\title{Title}\\author{A}\\maketitle\\begin{abstract}short\\end{abstract}\\section*{One}\\label{s}\\begin{itemize}\\item a"
                + "\\begin{enumerate}\\item "
                + "b\\end{enumerate}\\end{itemize}\\begin{quote}q\\end{quote}\\begin{verbatim}\nx % y\n\\end{verbatim}"
                + "\\begin{figure}[h]\\includegraphics[w=1]{a.png}\\caption[s]{under}\\end{figure}\\begin{tabular}{l|r}\\hline a & b \\\\ c \\& d & e \\\\\\end{tabular}"
                + "\\begin{equation}\\label{e}E = "
                + "m\\end{equation}\\footnote{note}\\begin{thebibliography}{9}\\bibitem{x} A. Author. "
                + "1905.\\end{thebibliography}")));

    [Fact]
    public void Files_of_its_folder_are_read_and_no_others()
    {
        var folder = Directory.CreateTempSubdirectory("longt5-test-");
        try
        {
            var secret = Path.Combine(folder.FullName, "secret.tex");
            var main = folder.CreateSubdirectory("main").FullName;
            File.WriteAllText(secret, "secret");
            File.WriteAllText(Path.Combine(main, "part.tex"), "part \\input{main}");
            File.CreateSymbolicLink(Path.Combine(main, "link.tex"), secret);
            var path = Path.Combine(main, "main.tex");
            File.WriteAllText(path, $"\\begin{{document}}start \\input{{part}} \\input{{../secret}} "
                + $"\\input{{{secret}}} \\input{{link}} \\input{{none}} end\\end{{document}}");
            var document = DocumentReader.Read(path);
            Assert.StartsWith("start part", document.Text);
            Assert.DoesNotContain("secret", document.Text);
            Assert.NotEmpty(document.Notes);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Macros_without_end_are_an_error()
        => Assert.Contains("without end",
            Assert.Throws<BadFileException>(() => Read("\\def\\a{\\b\\b}\\def\\b{\\a\\a}\\a")).Message);
}
