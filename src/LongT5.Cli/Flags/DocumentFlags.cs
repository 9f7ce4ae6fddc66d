using System.CommandLine;

namespace LongT5.Cli.Flags;

/// <summary>How documents are read.</summary>
static class DocumentFlags
{
    /// <summary>What opens a protected document.</summary>
    public static Option<string?> Password()
        => new("--password") { Description = "What opens a protected document (PDF).", HelpName = "TEXT" };
}
