using System.CommandLine;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 serve</c> and <c>longt5 mcp</c> where the program was made without servers.</summary>
static class AbsentServer
{
    /// <param name="name">The command.</param>
    /// <param name="purpose">What it does elsewhere.</param>
    public static Command Create(string name, string purpose)
    {
        var command = new Command(name, $"{purpose}: not in this file.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(Task<int> (_) => throw new Failure($"this file was made without {name}; ./publish-aot.sh "
            + "--server makes one that has it, and ./longt5 and the .NET tool have it too."));
        return command;
    }
}
