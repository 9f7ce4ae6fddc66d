using System.Text;
using CsCheck;
using LongT5.Formats;
using LongT5.Hub;

namespace LongT5.Tests.Hub;

/// <summary>Whatever a server says, it is understood or refused in a sentence.</summary>
public sealed class HubFuzzTests
{
    private const string Page = """
        [{"type":"directory","oid":"aa","size":0,"path":"onnx"},
         {"type":"file","oid":"0123456789abcdef0123456789abcdef01234567","size":700,"path":"config.json"},
         {"type":"file","oid":"0123456789abcdef0123456789abcdef01234567","size":134,"path":"a/model.safetensors",
          "lfs":{"oid":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","size":990,"pointerSize":134}}]
        """;

    private static readonly byte[] s_page = Encoding.UTF8.GetBytes(Page);

    [Fact]
    public void A_page_of_a_tree_cut_at_any_byte_is_refused()
    {
        Assert.Equal(2, HubFile.Read(JsonFile.ParseAny("tree", s_page)).Count);
        for (var length = 0; length < s_page.Length; length++)
            if (s_page.AsSpan(length).ContainsAnyExcept((byte)'\n', (byte)' '))
                Assert.Throws<BadFileException>(()
                    => HubFile.Read(JsonFile.ParseAny("tree", s_page.AsMemory(0, length))));
    }

    [Fact]
    public void A_page_with_any_bytes_changed_gives_files_inside_or_a_bad_file()
        => Gen.Select(Gen.Int[0, s_page.Length - 1], Gen.Byte).Array[1, 6].Sample(changes =>
        {
            var page = (byte[])s_page.Clone();
            foreach (var (at, value) in changes)
                page[at] = value;
            try
            {
                Assert.All(HubFile.Read(JsonFile.ParseAny("tree", page)), file =>
                {
                    Assert.True(HubFile.StaysInside(file.Path));
                    Assert.True(file.Size >= 0 && file.Hash.All(char.IsAsciiHexDigitLower));
                });
            }
            catch (BadFileException)
            {
                // It said what is wrong.
            }
        }, iter: 20_000);

    [Fact]
    public void A_path_that_stays_inside_does_so_under_the_rules_of_both_systems()
        => Words("..", ".", "/", "\\", "a", "C:", ":", "", " ", "\0", "b.c", "~", "//", "\\\\").Array[0, 6]
            .Select(string.Concat).Sample(path =>
            {
                if (!HubFile.StaysInside(path)) return;
                var root = Path.Combine(Path.GetTempPath(), "root");
                Assert.StartsWith(root + Path.DirectorySeparatorChar,
                    Path.GetFullPath(Path.Combine(root, path.Replace('\\', '/'))), StringComparison.Ordinal);
                Assert.False(path.Length > 1 && path[1] == ':');
            });

    [Fact]
    public void Any_link_header_gives_an_address_or_none()
        => Gen.OneOf(Words("<", ">", ";", ",", "rel=\"next\"", "rel=next", " ", "https://h/x", "?cursor=1", "//",
            "[", "\"", "%"), Gen.String[0, 3]).Array[0, 12].Select(string.Concat)
            .Sample(links => _ = LinkHeader.Next(links, new("https://hub.example/api/models/org/name/tree/main")));

    [Theory]
    [InlineData("<https://h/a?cursor=b>; rel=\"next\"", "https://h/a?cursor=b")]
    [InlineData("<https://h/auth>; rel=\"xet-auth\", <https://h/next>; rel=\"next\"", "https://h/next")]
    [InlineData("</next?x=1>; rel=next", "https://hub.example/next?x=1")]
    [InlineData("<https://h/a>; rel=\"prev\"", null)]
    [InlineData("<https://h/a; rel=\"next\"", null)]
    public void The_next_page_is_the_one_that_says_so(string links, string? next)
        => Assert.Equal(next, LinkHeader.Next(links, new("https://hub.example/api"))?.AbsoluteUri);

    [Theory]
    [InlineData("Retry-After", "7", 7.0)]
    [InlineData("Retry-After", "Mon, 30 Nov 2026 12:00:30 GMT", 30.0)]
    [InlineData("Retry-After", "Mon, 30 Nov 2020 12:00:00 GMT", 0.0)]
    [InlineData("Retry-After", "soon", null)]
    [InlineData("RateLimit", "\"api\";r=0;t=55", 56.0)]
    [InlineData("RateLimit", "\"api\";r=0;t=99999999999999999999", 1e6)]
    [InlineData("RateLimit", "t=-5", null)]
    [InlineData("RateLimit", "", null)]
    public void A_wait_is_what_is_asked_for(string header, string value, double? seconds)
        => Assert.Equal(seconds, WaitOf(header, value)?.TotalSeconds);

    [Fact]
    public void Any_wait_is_bounded()
        => Gen.Select(Gen.Bool, Gen.OneOf(Gen.String[Gen.Char[' ', '~'], 0, 12],
            Gen.Long.Select(n => $"t={n}"), Gen.Double.Select(n => $"\"a\";t={n}"))).Sample((isRate, value) =>
            Assert.True(WaitOf(isRate ? "RateLimit" : "Retry-After", value) is not { } wait
                || wait >= TimeSpan.Zero && wait <= TimeSpan.FromSeconds(1e6)));

    private static Gen<string> Words(params string[] words) => Gen.Int[0, words.Length - 1].Select(i => words[i]);

    private static TimeSpan? WaitOf(string header, string value)
    {
        using var response = new HttpResponseMessage();
        response.Headers.TryAddWithoutValidation(header, value);
        return Refusal.WaitOf(response.Headers, new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero));
    }

    [Theory]
    [InlineData("org/name", "org/name", "main")]
    [InlineData("org/name@v1.0", "org/name", "v1.0")]
    [InlineData("name@refs/pr/1", "name", "refs/pr/1")]
    [InlineData("org/name@", null, null)]
    [InlineData("org/name@../../x", null, null)]
    [InlineData("org/name@a\\b", null, null)]
    [InlineData("org/name@/x", null, null)]
    [InlineData("org/name@.x", null, null)]
    [InlineData("org/name@a@b", null, null)]
    public void A_name_has_a_repository_and_a_revision(string text, string? repository, string? revision)
        => Assert.Equal((repository, revision), HubName.Parse(text) is { } name
            ? (name.Repository, name.Revision) : (null, null));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("::ffff:7f00:1", true)]
    [InlineData("169.254.169.254", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.0.1", true)]
    [InlineData("192.168.1.1", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("0.0.0.0", true)]
    [InlineData("8.8.8.8", false)]
    [InlineData("172.32.0.1", false)]
    [InlineData("2606:4700::1", false)]
    public void An_address_is_of_the_internet_or_of_a_network_of_ones_own(string address, bool isPrivate)
        => Assert.Equal(isPrivate, PrivateNetworks.Contain(System.Net.IPAddress.Parse(address)));
}
