using System.Globalization;
using System.Text;

namespace LongT5.Documents.Latex;

/// <summary>A command that the document defines.</summary>
/// <param name="Name">Without its backslash.</param>
/// <param name="Count">How many arguments it takes, 0 to 9.</param>
/// <param name="Default">What the first is where it is not given; null where it must be.</param>
/// <param name="Body">What it stands for, #1 to #9 its arguments.</param>
sealed record LatexMacro(string Name, int Count, string? Default, string Body)
{
    /// <summary>What stands behind <c>\newcommand</c> and its like.</summary>
    public static LatexMacro? ReadCommand(LatexInput input)
    {
        var name = input.ReadArgument().Trim().TrimStart('\\').TrimEnd('*', ' ');
        var count = int.TryParse(input.ReadOptional(), CultureInfo.InvariantCulture, out var said)
            ? Math.Clamp(said, 0, 9) : 0;
        var value = count > 0 ? input.ReadOptional() : null;
        var body = input.ReadArgument();
        return name.Length > 0 ? new(name, count, value, body) : null;
    }

    /// <summary>What stands behind <c>\def</c>.</summary>
    public static LatexMacro? ReadDefinition(LatexInput input)
    {
        var name = input.ReadArgument().Trim().TrimStart('\\');
        var pattern = input.ReadRaw("{");
        input.Insert("{");
        var body = input.ReadArgument();
        return name.Length > 0 ? new(name, Math.Min(pattern.Count(c => c == '#'), 9), null, body) : null;
    }

    /// <summary>What a use of it stands for; its arguments are read from the input.</summary>
    public string Expand(LatexInput input)
    {
        if (Count == 0) return Body;
        var arguments = new string[Count];
        for (var i = 0; i < Count; i++)
            arguments[i] = i == 0 && Default is not null ? input.ReadOptional() ?? Default : input.ReadArgument();
        var text = new StringBuilder();
        for (var at = 0; at < Body.Length; at++)
            if (Body[at] == '#' && at + 1 < Body.Length && Body[at + 1] - '1' is >= 0 and var index && index < Count)
            {
                text.Append(arguments[index]);
                at++;
            }
            else
                text.Append(Body[at]);
        return text.ToString();
    }

    /// <summary>Parts a text at a mark where no brace is open and no backslash makes it a sign.</summary>
    public static IEnumerable<string> Split(string text, string mark)
    {
        int depth = 0, start = 0;
        for (var at = 0; at < text.Length; at++)
            if (depth == 0 && string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0)
            {
                yield return text[start..at];
                start = at + mark.Length;
                at = start - 1;
            }
            else if (text[at] == '\\')
                at++;
            else
                depth += text[at] == '{' ? 1 : text[at] == '}' ? -1 : 0;
        yield return text[start..];
    }
}
