using System.Buffers;

namespace LongT5.Formats;

/// <summary>Names that a file gives of other files: they are data, and must not lead out of the folder.</summary>
static class FileNames
{
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/\\:<>\"|?*");
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    /// <summary>
    /// Whether this is the bare name of a file, under the rules of Windows and of Unix, wherever we run.
    /// </summary>
    public static bool IsPlain(string name)
    {
        if (name.Length is 0 or > 255 || name is "." or ".." || name[^1] is '.' or ' ' || name[0] == ' ')
            return false;
        if (name.AsSpan().ContainsAny(Forbidden) || name.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
            return false;
        var stem = name.Split('.')[0].TrimEnd().ToUpperInvariant();
        var numbered = stem.Length == 4 && (stem.StartsWith("COM", StringComparison.Ordinal)
            || stem.StartsWith("LPT", StringComparison.Ordinal))
            && (char.IsAsciiDigit(stem[3]) || stem[3] is '¹' or '²' or '³');
        return !numbered && !Devices.Contains(stem);
    }
}
