using System.CommandLine;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 serve</c> where the program was made without the server.</summary>
static class AbsentServer
{
    public static Command Create()
    {
        var command = new Command("serve", "Serve models over HTTP: not in this file.")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        command.SetAction(Task<int> (_) => throw new Failure("this file was made without the server; ./publish-aot.sh --server "
            + "makes one that has it, and ./longt5 and the .NET tool have it too."));
        return command;
    }
}
