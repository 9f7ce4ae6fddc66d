namespace LongT5.Cli;

/// <summary>This program, as a process is started from it.</summary>
static class OwnProgram
{
    /// <summary>How it is started once more: its own file, or the host of .NET and its file.</summary>
    public static IReadOnlyList<string> Command
        => Environment.ProcessPath is { } program && Path.GetFileNameWithoutExtension(program) is not "dotnet"
            ? [program]
            : [Environment.ProcessPath ?? "dotnet", Path.Combine(AppContext.BaseDirectory, "LongT5.Cli.dll")];
}
