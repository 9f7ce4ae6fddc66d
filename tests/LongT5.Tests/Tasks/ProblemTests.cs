using System.Text.RegularExpressions;
using LongT5.Tasks;

namespace LongT5.Tests.Tasks;

public partial class ProblemTests
{
    public static TheoryData<Exception, ProblemKind, string> Exceptions => new()
    {
        { new ArgumentException("num_beams must be above 0.", "options"), ProblemKind.Request,
            "num_beams must be above 0." },
        { new FileNotFoundException("x: there is no such file."), ProblemKind.Missing, "x: there is no such file." },
        { new BadFileException("x", "it ends too early"), ProblemKind.BadFile, "x: it ends too early" },
        { new UnauthorizedAccessException("Access to x is denied."), ProblemKind.Forbidden, "check the permissions" },
        { new InsufficientMemoryException("3 MiB of memory are not enough."), ProblemKind.Memory, "3 MiB" },
        { new OutOfMemoryException(), ProblemKind.Memory, "read fewer tokens" },
        { new IOException("x", 28), ProblemKind.Device, "the disk is full" },
        { new IOException("x", 32), ProblemKind.Device, "closed it" },
        { new TaskCanceledException(), ProblemKind.Stopped, "stopped" },
        { new AggregateException(new ArgumentException("one\nand two")), ProblemKind.Request, "one and two" },
        { new InvalidOperationException("odd"), ProblemKind.Internal, "please report it" },
    };

    [Theory, MemberData(nameof(Exceptions))]
    public void Whatever_goes_wrong_is_of_a_kind_and_one_sentence(
        Exception exception, ProblemKind kind, string sentence)
    {
        var problem = Problem.Of(exception);
        Assert.Equal(kind, problem.Kind);
        Assert.Contains(sentence, problem.Sentence, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", problem.Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_names_no_flag()
    {
        var folder = Path.Combine(Goldens.Repository, "src", "LongT5");
        Assert.All(Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories), path => Assert.All(
            File.ReadLines(path).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal)),
            line => Assert.DoesNotMatch(Flag(), line)));
    }

    /// <summary>Two hyphens and a letter, or one and a lone letter, in a text of the code.</summary>
    [GeneratedRegex("\"[^\"]*(?<![-\\w])(--[a-z]|-[a-z](?![\\w-]))")]
    private static partial Regex Flag();
}
