using System.IO.Compression;
using System.Xml.Linq;

namespace LongT5.Tests.Cli;

/// <summary>
/// The command line as a .NET tool, the libraries and the embedded model as packages: packed from what the
/// tests were built with, installed and used elsewhere.
/// </summary>
public class PackagingTests(Packed packed) : IClassFixture<Packed>
{
    public static TheoryData<string> Packages => [.. Libraries, "LongT5.Models.Embedded", "LongT5.Cli"];

    public static TheoryData<string> Libraries
        => ["LongT5", "LongT5.Documents", "LongT5.Server", "LongT5.Extensions.AI", "LongT5.Client"];

    [Fact]
    public void The_tool_installs_from_its_packed_file_and_summarises()
    {
        packed.Dotnet("tool", "install", "LongT5.Cli", "--tool-path", packed["tools"]);
        var tool = Path.Combine(packed["tools"], OperatingSystem.IsWindows() ? "longt5.exe" : "longt5");

        var version = Run("--version");
        Assert.Equal("", version.Errors);
        Assert.StartsWith("longt5 ", version.Output);

        var summary = Run("summarize", Path.Combine(Goldens.Repository, "CONTRIBUTING.md"), "--length", "short");
        Assert.True(summary.ExitCode == 0, summary.Errors);
        Assert.EndsWith(".", summary.Output.Trim());

        Run Run(params string[] arguments)
            => Longt5.Finish(Longt5.Launch(tool, arguments, packed["tools"], ("DOTNET_ROOT", Packed.DotnetRoot)));
    }

    [Fact]
    public void A_new_application_writes_a_summary_with_one_package_and_five_lines()
    {
        packed.Dotnet("new", "console", "-o", packed["digest"]);
        packed.Dotnet("add", packed["digest"], "package", "LongT5.Models.Embedded");
        File.WriteAllText(Path.Combine(packed["digest"], "Program.cs"), """
            using LongT5;
            using LongT5.Tasks;
            using var model = LongT5Model.LoadEmbedded();
            var summary = new Summarizer(model).Summarize(File.ReadAllText(args[0]));
            Console.WriteLine(summary.Text);
            """);
        var text = Path.Combine(Goldens.Repository, "CONTRIBUTING.md");
        var written = packed.Dotnet("run", "--project", packed["digest"], "--", text).Trim();
        Assert.EndsWith(".", written);
        var sentence = Words(written)[..6];
        Assert.Contains(string.Join(' ', sentence), string.Join(' ', Words(File.ReadAllText(text))));
    }

    [Fact]
    public void A_new_application_asks_a_chat_client_with_two_packages_and_few_lines()
    {
        packed.Dotnet("new", "console", "-o", packed["chat"]);
        foreach (var package in (string[])["LongT5.Models.Embedded", "LongT5.Extensions.AI"])
            packed.Dotnet("add", packed["chat"], "package", package);
        File.WriteAllText(Path.Combine(packed["chat"], "Program.cs"), """
            using LongT5;
            using LongT5.Extensions.AI;
            using Microsoft.Extensions.AI;
            using var model = LongT5Model.LoadEmbedded();
            var answer = await new LongT5ChatClient(model).GetResponseAsync(File.ReadAllText(args[0]));
            Console.WriteLine($"{answer.Text} [{answer.Messages[0].Contents[0].Annotations!.Count}]");
            """);
        var text = Path.Combine(Goldens.Repository, "CONTRIBUTING.md");
        Assert.Matches(@"\. \[[1-9]\d*\]$", packed.Dotnet("run", "--project", packed["chat"], "--", text).Trim());
    }

    [Fact]
    public void A_new_application_serves_and_another_package_is_its_client()
    {
        packed.Dotnet("new", "console", "-o", packed["served"]);
        foreach (var package in (string[])["LongT5.Models.Embedded", "LongT5.Server", "LongT5.Client"])
            packed.Dotnet("add", packed["served"], "package", package);
        File.WriteAllText(Path.Combine(packed["served"], "Program.cs"), """
            using LongT5.Client;
            using LongT5.Server;
            using Microsoft.AspNetCore.Builder;
            using Microsoft.AspNetCore.Hosting;
            var builder = WebApplication.CreateSlimBuilder();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddLongT5();
            await using var app = builder.Build();
            app.MapLongT5();
            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new(app.Urls.First()) };
            await using var text = File.OpenRead(args[0]);
            Console.WriteLine((await new LongT5Client(http).SummarizeAsync(SourceText.FromDocument(text, "text.txt"))).Text);
            """);
        var text = packed["served.txt"];
        File.Copy(Path.Combine(Goldens.Repository, "samples", "documents", "art-of-war.txt"), text);
        Assert.EndsWith(".", packed.Dotnet("run", "--project", packed["served"], "--", text).Trim());
    }

    [Theory]
    [MemberData(nameof(Packages))]
    public void A_package_says_what_it_is_and_to_whom_it_belongs(string name)
    {
        using var package = Open(name);
        using var stream = Assert.Single(package.Entries, entry => entry.FullName == $"{name}.nuspec").Open();
        var said = XDocument.Load(stream).Descendants()
            .GroupBy(element => element.Name.LocalName).ToDictionary(group => group.Key, group => group.First());
        Assert.Equal("Apache-2.0", said["license"].Value);
        Assert.Contains("longt5", said["tags"].Value.Split(' '));
        Assert.True(said["description"].Value.Length > 40);
        foreach (var file in (string[])["readme", "icon"])
            Assert.True(Assert.Single(package.Entries, entry => entry.FullName == said[file].Value).Length > 500);
        var repository = said.GetValueOrDefault("repository")?.Attribute("url")?.Value;
        Assert.True(repository?.StartsWith("https:", StringComparison.Ordinal) ?? true,
            $"others cannot reach {repository}");
        Assert.DoesNotContain(package.Entries,
            entry => entry.Name.Contains("torch", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_packs_with_its_documentation_and_symbols_and_without_native_code(string name)
    {
        using var package = Open(name);
        Assert.Contains(package.Entries, entry => entry.FullName == $"lib/net10.0/{name}.dll");
        Assert.Contains(package.Entries, entry => entry.FullName == $"lib/net10.0/{name}.xml");
        Assert.DoesNotContain(package.Entries,
            entry => entry.FullName.StartsWith("runtimes/", StringComparison.Ordinal));
        using var symbols = Open(name, "snupkg");
        Assert.Contains(symbols.Entries, entry => entry.FullName == $"lib/net10.0/{name}.pdb");
    }

    [Fact]
    public void An_application_without_a_model_is_told_which_package_has_one()
    {
        packed.Dotnet("new", "console", "-o", packed["bare"]);
        packed.Dotnet("add", packed["bare"], "package", "LongT5");
        File.WriteAllText(Path.Combine(packed["bare"], "Program.cs"), """
            try { LongT5.LongT5Model.LoadEmbedded(); }
            catch (FileNotFoundException exception) { Console.WriteLine(exception.Message); }
            """);
        Assert.Contains("add the package LongT5.Models.Embedded", packed.Dotnet("run", "--project", packed["bare"]),
            StringComparison.Ordinal);
    }

    private ZipArchive Open(string name, string kind = "nupkg")
        => ZipFile.OpenRead(Assert.Single(Directory.GetFiles(packed.Folder, $"{name}.?.*.{kind}")));

    private static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}
