namespace LongT5.Documents.Rtf;

/// <summary>What the bytes of rich text are made of.</summary>
enum RtfKind
{
    GroupStart,
    GroupEnd,

    /// <summary>A backslash and a word, with a number or without one.</summary>
    Control,

    /// <summary>A backslash and a sign, by its character.</summary>
    Sign,

    /// <summary>One byte of text, written out or as a backslash, an apostrophe and two digits.</summary>
    Byte,
}

/// <summary>One piece of rich text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Word">The word of a control; otherwise "".</param>
/// <param name="Value">The number of a control (null without one), the character of a sign, the byte.</param>
readonly record struct RtfToken(RtfKind Kind, string Word, int? Value)
{
    private const int LongestWord = 32;

    /// <summary>All pieces; binary data is passed over, and what a cut file lacks is left away.</summary>
    public static IEnumerable<RtfToken> Read(byte[] bytes)
    {
        for (var at = 0; at < bytes.Length;)
        {
            var one = bytes[at++];
            switch (one)
            {
                case (byte)'{':
                    yield return new(RtfKind.GroupStart, "", null);
                    break;
                case (byte)'}':
                    yield return new(RtfKind.GroupEnd, "", null);
                    break;
                case (byte)'\r' or (byte)'\n' or 0:
                    break;
                case (byte)'\\' when at < bytes.Length && char.IsAsciiLetter((char)bytes[at]):
                    var control = Control(bytes, ref at);
                    if (control is { Word: "bin", Value: > 0 and var size })
                        at = (int)Math.Min((long)at + size, bytes.Length);
                    else yield return control;
                    break;
                case (byte)'\\' when at + 2 < bytes.Length && bytes[at] == '\'' && Hex(bytes, at + 1) is { } code:
                    at += 3;
                    yield return new(RtfKind.Byte, "", code);
                    break;
                case (byte)'\\' when at < bytes.Length:
                    yield return new(RtfKind.Sign, "", bytes[at++]);
                    break;
                default:
                    yield return new(RtfKind.Byte, "", one);
                    break;
            }
        }
    }

    private static RtfToken Control(byte[] bytes, ref int at)
    {
        var start = at;
        while (at < bytes.Length && at - start < LongestWord && char.IsAsciiLetter((char)bytes[at])) at++;
        var word = string.Create(at - start, (bytes, start), static (name, from) =>
        {
            for (var i = 0; i < name.Length; i++) name[i] = (char)from.bytes[from.start + i];
        });
        var isNegative = at + 1 < bytes.Length && bytes[at] == '-' && char.IsAsciiDigit((char)bytes[at + 1]);
        if (isNegative) at++;
        long? value = null;
        for (; at < bytes.Length && char.IsAsciiDigit((char)bytes[at]); at++)
            value = Math.Min((value ?? 0) * 10 + bytes[at] - '0', int.MaxValue);
        if (at < bytes.Length && bytes[at] == ' ') at++;
        return new(RtfKind.Control, word, (int?)(isNegative ? -value : value));
    }

    private static int? Hex(byte[] bytes, int at)
        => char.IsAsciiHexDigit((char)bytes[at]) && char.IsAsciiHexDigit((char)bytes[at + 1])
            ? Convert.ToInt32($"{(char)bytes[at]}{(char)bytes[at + 1]}", 16) : null;
}
