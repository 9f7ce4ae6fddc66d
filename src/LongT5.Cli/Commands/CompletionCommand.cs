using System.CommandLine;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 completion SHELL</c>: the script that lets a shell ask this program what may come next.</summary>
static class CompletionCommand
{
    private const string Bash = """
        _longt5() {
          local IFS=$'\n'
          COMPREPLY=($(longt5 "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null))
          [ ${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o filenames -F _longt5 longt5
        """;

    private const string Zsh = """
        #compdef longt5
        _longt5() {
          local -a found
          found=("${(@f)$(longt5 "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
          [[ -n "$found" ]] && compadd -- $found || _files
        }
        compdef _longt5 longt5
        """;

    private const string Fish = """
        complete -c longt5 -a '(longt5 "[suggest:"(commandline -C)"]" (commandline -b) 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName longt5 -ScriptBlock {
          param($word, $line, $position)
          longt5 "[suggest:$position]" "$line" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
        }
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh, fish or powershell." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "powershell");
        var command = new ExampledCommand("completion", "Print the script that completes longt5's words in a shell.",
            "eval \"$(longt5 completion bash)\"        in ~/.bashrc",
            "longt5 completion fish | source          in ~/.config/fish/config.fish")
        {
            shell,
        };
        command.SetAction(parsed => Terminal.Out.WriteLine(parsed.GetRequiredValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        }));
        return command;
    }
}
