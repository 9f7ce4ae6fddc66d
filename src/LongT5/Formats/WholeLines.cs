namespace LongT5.Formats;

/// <summary>A file of lines that may have been cut while one was written.</summary>
static class WholeLines
{
    /// <summary>Where the last line that was written to its end stops; 0 where there is none.</summary>
    /// <param name="stream">The file, which is read from its end; its position changes.</param>
    public static long End(FileStream stream)
    {
        var buffer = new byte[1 << 16];
        for (var end = stream.Length; end > 0;)
        {
            var start = Math.Max(0, end - buffer.Length);
            stream.Seek(start, SeekOrigin.Begin);
            var part = buffer.AsSpan(0, (int)(end - start));
            stream.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is >= 0 and var at) return start + at + 1;
            end = start;
        }
        return 0;
    }
}
