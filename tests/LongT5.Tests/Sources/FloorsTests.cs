using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace LongT5.Tests.Sources;

/// <summary>Floors go down only: what ARCHITECTURE.md says of folders and projects is read off the sources.</summary>
public sealed partial class FloorsTests
{
    /// <summary>The folders of the library from the ground up; those of one floor may know each other.</summary>
    private static readonly string[][] Folders =
    [
        ["Kernels", "Machine"], ["Formats"], ["Text"], ["Hub", "Evaluation"], ["Generation"], ["Model"],
        ["Scheduling"], ["Tasks"],
    ];

    /// <summary>The projects from the ground up; those of one floor do not know each other.</summary>
    private static readonly string[][] Projects =
    [
        ["LongT5", "LongT5.Client", "LongT5.Parquet"],
        ["LongT5.Data", "LongT5.Documents", "LongT5.Torch"],
        ["LongT5.Extensions.AI", "LongT5.Server", "LongT5.Training"],
        ["LongT5.Cli"],
    ];

    private static readonly string Sources = Path.Combine(Goldens.Repository, "src");

    [Fact]
    public void A_folder_of_the_library_knows_only_what_stands_below_it()
    {
        var files = Directory.GetFiles(Path.Combine(Sources, "LongT5"), "*.cs", SearchOption.AllDirectories);
        var known = Folders.SelectMany(floor => floor).ToHashSet();
        Assert.Empty(files.Select(Folder)
            .Where(folder => folder.Length > 0 && folder != "obj" && !known.Contains(folder)).Distinct());
        Assert.Empty(files.Where(file => Folder(file) is not ("" or "obj")).SelectMany(file =>
            UpwardFrom(Folder(file), File.ReadAllText(file))
                .Select(above => $"{Path.GetRelativePath(Sources, file)} knows {above}")));
    }

    [Theory]
    [InlineData("Formats", "using LongT5.Kernels;\nusing System.Text;\n", "")]
    [InlineData("Formats", "using LongT5.Text;\n", "Text")]
    [InlineData("Kernels", "using Halves = LongT5.Formats.Halves;\n", "Formats")]
    [InlineData("Generation", "class A { void B() => LongT5.Model.Network.Load(); }", "Model")]
    [InlineData("Generation", "class A : Model.Layers.Sublayer { }", "Model")]
    [InlineData("Generation",
        "// Model.Network\nclass A { string b = \"Tasks.Summarizer\"; void C() => D.Model.Name(); }", "")]
    [InlineData("Model", "using LongT5.Model.Layers;\nusing static LongT5.Tasks.TextTask;\n", "Tasks")]
    public void What_leans_upward_is_found(string folder, string source, string above)
        => Assert.Equal(above, string.Join(' ', UpwardFrom(folder, source)));

    /// <summary>Its traits, what a family or a file says it is, and the mixer of each of the two networks.</summary>
    [Fact]
    public void The_kind_of_attention_is_asked_for_where_it_is_chosen_and_nowhere_else()
        => Assert.Equal(["ConfigJson", "EncoderAttention", "EncoderMixer", "LongT5Config", "ModelFamily", "TokenMixer"],
            Directory.GetFiles(Sources, "*.cs", SearchOption.AllDirectories)
                .Where(file => Attention().IsMatch(File.ReadAllText(file)))
                .Select(file => Path.GetFileNameWithoutExtension(file)!).Order());

    [Fact]
    public void The_library_names_no_flag()
        => Assert.DoesNotContain(Directory.GetFiles(Path.Combine(Sources, "LongT5"), "*.cs",
            SearchOption.AllDirectories), file => Flag().IsMatch(File.ReadAllText(file)));

    /// <summary>
    /// The folders of single formats share the namespace of all: a format's name is also that of its type.
    /// </summary>
    [Fact]
    public void A_namespace_is_the_folder_it_stands_in()
        => Assert.Empty(Directory.GetFiles(Sources, "*.cs", SearchOption.AllDirectories)
            .Select(file => (File: Path.GetRelativePath(Sources, file).Replace('\\', '/'),
                Source: File.ReadAllText(file)))
            .Where(one => !one.File.Contains("/obj/", StringComparison.Ordinal)
                && Namespace().Match(one.Source) is { Success: true } said
                && said.Groups[1].Value != NamespaceOf(one.File))
            .Select(one => one.File));

    [Fact]
    public void A_project_refers_only_to_those_below_it()
    {
        var floors = Projects.SelectMany((floor, height) => floor.Select(project => (project, height)))
            .ToDictionary(one => one.project, one => one.height);
        var files = Directory.GetFiles(Sources, "*.csproj", SearchOption.AllDirectories);
        Assert.Equal(files.Select(Path.GetFileNameWithoutExtension).Except(floors.Keys), []);
        Assert.Empty(
            files.SelectMany(file => References(file)
                .Where(other => floors[other] >= floors[Path.GetFileNameWithoutExtension(file)])
            .Select(other => $"{Path.GetFileNameWithoutExtension(file)} refers to {other}")));
    }

    [Fact]
    public void The_command_line_runs_without_libtorch()
    {
        var met = new HashSet<string>();
        var pending = new Queue<string>(["LongT5.Cli"]);
        while (pending.TryDequeue(out var project))
        {
            if (!met.Add(project)) continue;
            foreach (var other in References(Path.Combine(Sources, project, project + ".csproj")))
                pending.Enqueue(other);
        }
        Assert.Contains("LongT5", met);
        Assert.DoesNotContain("LongT5.Torch", met);
        Assert.DoesNotContain("LongT5.Training", met);
    }

    /// <summary>Floors above a folder's that a source of it names.</summary>
    private static List<string> UpwardFrom(string folder, string source)
    {
        var height = Height(folder);
        var code = Said().Replace(source, "");
        return [.. Folders.SelectMany(floor => floor)
            .Where(other => Height(other) > height
                && Regex.IsMatch(code, $@"\bLongT5\.{other}\b|(?<![\w.]){other}\.[A-Z]\w*[.(\s<{{]"))];
    }

    private static int Height(string folder) => Array.FindIndex(Folders, floor => floor.Contains(folder));

    /// <summary>The first folder below the library's; nothing for a file that stands in none.</summary>
    private static string Folder(string file)
        => Path.GetRelativePath(Path.Combine(Sources, "LongT5"), file).Replace('\\', '/')
            .Split('/') is [var folder, _, ..] ? folder : "";

    private static string NamespaceOf(string file)
        => file.StartsWith("LongT5/Formats/", StringComparison.Ordinal) ? "LongT5.Formats"
            : Path.GetDirectoryName(file)!.Replace('\\', '/').Replace('/', '.');

    private static IEnumerable<string> References(string project)
        => XDocument.Load(project).Descendants("ProjectReference")
            .Select(
                reference => Path.GetFileNameWithoutExtension(
                    reference.Attribute("Include")!.Value.Replace('\\', '/')));

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    /// <summary>Comments and texts, which may name anything.</summary>
    [GeneratedRegex("""//[^\n]*|"(\\.|[^"\\\n])*" """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Said();

    [GeneratedRegex(@"\bEncoderAttention\.(Local|TransientGlobal|Full)\b")]
    private static partial Regex Attention();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z-]+(?!\w*[\];])")]
    private static partial Regex Flag();
}
