using System.CommandLine;
using LongT5.Text;

namespace LongT5.Cli;

/// <summary>The first words of a call, as people say them who do not know the commands yet.</summary>
static class FirstWord
{
    /// <summary>The call with its first word as the program spells it.</summary>
    public static string[] Spelled(IEnumerable<string> commands, string[] words)
    {
        words = words switch
        {
            [] or ["help"] => ["--help"],
            ["help", .. var command] => [.. command, "--help"],
            ["-v" or "-V", ..] => ["--version"],
            _ => words,
        };
        if (commands.FirstOrDefault(command => British(command) == words[0]) is { } meant)
            words[0] = meant;
        return words;
    }

    /// <summary>Holds the call to the commands that there are.</summary>
    /// <exception cref="Failure">There is no such command; the message says which is
    /// meant, as far as that can be told.</exception>
    public static void Check(Command root, string[] words)
    {
        // A word in brackets is for the shell's completion.
        if (words[0] is not ['[', ..])
            Check(root, words, "longt5");
    }

    private static string British(string name)
        => name.EndsWith("ize", StringComparison.Ordinal)
            ? string.Concat(name.AsSpan(0, name.Length - 3), "ise") : name;

    private static void Check(Command parent, string[] words, string said)
    {
        if (words.Length == 0)
            return;
        var (word, names) = (words[0], parent.Subcommands.Select(command => command.Name));
        if (parent.Subcommands.FirstOrDefault(command => command.Name == word) is { } known)
        {
            if (known.Subcommands.Count > 0)
                Check(known, words[1..], $"{said} {word}");
            return;
        }
        if (word is "--help" or "-h" or "-?" || parent.Options.Any(
            option => option.Name == word || option.Aliases.Contains(word)))
            return;
        throw Failure.Usage(word switch
        {
            ['-', ..] when Owners(parent, word) is { Count: > 0 } owners =>
                $"{word} is an option of {string.Join(", ", owners)}; the command comes first.",
            ['-', ..] => $"there is no option {word}{Meant(word, parent.Options.Select(option => option.Name))} See "
                + $"{said} --help.",
            _ when Path.Exists(word) =>
                $"{word} is no command but a file or folder; {said} summarize {word} summarises it.",
            _ => $"there is no command {word}{Meant(word, names)} {said} --help lists them.",
        });
    }

    /// <summary>The end of a sentence: the name that was meant, where one is near.</summary>
    public static string Meant(string wrong, IEnumerable<string> names)
        => NearestName.Of(wrong, names) is { } near ? $"; is {near} meant?" : ".";

    private static List<string> Owners(Command parent, string option)
        => [.. parent.Subcommands.Where(
            command => command.Options.Any(own => !own.Hidden && (own.Name == option || own.Aliases.Contains(option))))
            .Select(command => command.Name)];
}
