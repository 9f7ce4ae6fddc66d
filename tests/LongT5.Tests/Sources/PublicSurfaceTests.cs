using System.Reflection;
using LongT5.Client;
using LongT5.Data;
using LongT5.Documents;
using LongT5.Extensions.AI;
using LongT5.Server;

namespace LongT5.Tests.Sources;

/// <summary>
/// What is public is a promise, and written down beside this test. A change of it is a change of these files, made on
/// purpose: with LONGT5_WRITE_SURFACE=1 the test writes them.
/// </summary>
public sealed class PublicSurfaceTests
{
    private static readonly string Written = Path.Combine(Goldens.Repository, "tests", "LongT5.Tests", "Sources");

    public static TheoryData<string> Libraries => [.. Assemblies.Keys];

    private static Dictionary<string, Assembly> Assemblies { get; } = new()
    {
        ["LongT5"] = typeof(LongT5Model).Assembly,
        ["LongT5.Client"] = typeof(LongT5Client).Assembly,
        ["LongT5.Data"] = typeof(Tables).Assembly,
        ["LongT5.Documents"] = typeof(DocumentReader).Assembly,
        ["LongT5.Extensions.AI"] = typeof(LongT5ChatClient).Assembly,
        ["LongT5.Server"] = typeof(ServerOptions).Assembly,
    };

    [Theory]
    [MemberData(nameof(Libraries))]
    public void What_is_public_is_what_is_written_down(string library)
    {
        var file = Path.Combine(Written, $"{library}.public.txt");
        string[] lines = [.. PublicSurface.Of(Assemblies[library])];
        if (Environment.GetEnvironmentVariable("LONGT5_WRITE_SURFACE") == "1")
            File.WriteAllText(file, string.Concat(lines.Select(line => line + "\n")));
        var expected = File.ReadAllLines(file);
        var added = lines.Except(expected).ToList();
        var removed = expected.Except(lines).ToList();
        Assert.True(lines.SequenceEqual(expected),
            $"{file} says otherwise. Public now: {string.Join("; ", added)}. No longer: {string.Join("; ", removed)}.");
    }
}
