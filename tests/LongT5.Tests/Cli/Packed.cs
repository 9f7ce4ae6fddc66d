using System.Runtime.InteropServices;

namespace LongT5.Tests.Cli;

/// <summary>
/// The packages, packed once from what the tests were built with, and a .NET command line that knows only them.
/// </summary>
public sealed class Packed : IDisposable
{
#if DEBUG
    private const string Configuration = "Debug";
#else
    private const string Configuration = "Release";
#endif

    private readonly Scratch _scratch = new();

    public Packed()
    {
        foreach (var project in Projects)
            Dotnet(UsualPackages, ["pack", Path.Combine(Goldens.Repository, project), "-c", Configuration,
                "--no-build", "-o", Folder, "--nologo", "-v", "quiet"]);
        // What ours depend on was fetched for the build; ours must not come from there, where an older one may lie.
        _scratch.Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="ours" value="{Folder}" />
                <add key="usual" value="{UsualPackages}" />
              </packageSources>
              <packageSourceMapping>
                <clear />
                <packageSource key="ours"><package pattern="LongT5*" /></packageSource>
                <packageSource key="usual"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
    }

    /// <summary>What is packed, by the folder of its project.</summary>
    private static IReadOnlyList<string> Projects { get; }
        = ["src/LongT5", "src/LongT5.Documents", "src/LongT5.Server", "src/LongT5.Extensions.AI", "src/LongT5.Client",
            "src/LongT5.Cli", "models"];

    public static string DotnetRoot
        => Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>Where the packages lie.</summary>
    public string Folder => _scratch["packed"];

    private static string UsualPackages { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    /// <summary>A place of a user's, where nothing is known but the packages.</summary>
    public string this[string name] => _scratch[name];

    /// <summary>Runs <c>dotnet ARGUMENTS</c> there, as a user does on a new machine, and gives what it said.</summary>
    public string Dotnet(params string[] arguments) => Dotnet(_scratch["packages"], arguments);

    public void Dispose() => _scratch.Dispose();

    private string Dotnet(string packages, string[] arguments)
    {
        var run = Longt5.Finish(Longt5.Launch("dotnet", arguments, _scratch.Folder,
            ("DOTNET_CLI_HOME", _scratch["home"]), ("NUGET_PACKAGES", packages), ("DOTNET_NOLOGO", "1"),
            ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("MSBUILDDISABLENODEREUSE", "1")));
        Assert.True(run.ExitCode == 0, $"dotnet {string.Join(' ', arguments)}: {run.Output} {run.Errors}");
        return run.Output;
    }
}
