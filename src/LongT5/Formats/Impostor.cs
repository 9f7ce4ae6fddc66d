using System.Text;

namespace LongT5.Formats;

/// <summary>
/// What accidents leave in the place of a file: told as what it is, not as a broken safetensors or JSON.
/// </summary>
static class Impostor
{
    private const int Looked = 1024;

    private static readonly string[] Answers =
    [
        "Entry not found", "Not Found", "404", "Repository not found", "Invalid username or password", "Access to ",
        "Unauthorized",
        "Forbidden", "Internal Error", "{\"error\"",
    ];

    /// <summary>Refuses a Git LFS pointer, a web page and a server's answer.</summary>
    /// <param name="path">The file, for the message.</param>
    /// <param name="bytes">Its content, or the start of it.</param>
    /// <exception cref="BadFileException">It is one of these.</exception>
    public static void Refuse(string path, ReadOnlySpan<byte> bytes)
    {
        var start = bytes[..Math.Min(bytes.Length, Looked)];
        if (start.StartsWith("\uFEFF"u8))
            start = start[3..];
        start = start.TrimStart(" \t\r\n"u8);
        if (start.StartsWith("version https://git-lfs"u8))
            throw new BadFileException(path,
                "this is a Git LFS pointer, which stands for the file in a clone made without Git LFS; "
                + "run git lfs pull in that clone, or download the file itself.");
        if (start.IsEmpty || start[0] is not ((byte)'<' or (byte)'{' or (>= (byte)'0' and <= (byte)'z')))
            return;
        var text = Encoding.UTF8.GetString(start);
        if (text[0] == '<' && text.Contains("<html", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<!doctype", StringComparison.OrdinalIgnoreCase)
            || text.StartsWith("<?xml", StringComparison.Ordinal))
            throw new BadFileException(path,
                "this is a web page, saved in the place of the file; download the file itself "
                + "(on the hub its address has /resolve/ in it, not /blob/).");
        if (text.StartsWith("model_checkpoint_path:", StringComparison.Ordinal))
            throw new BadFileException(path, "this is TensorFlow's list of its checkpoints, not one of T5X; "
                + "take the checkpoint in PyTorch's, Flax's or T5X's layout.");
        if (bytes.Length < Looked && Answers.Any(answer => text.StartsWith(answer, StringComparison.OrdinalIgnoreCase)))
            throw new BadFileException(path,
                $"a server's answer was saved in the place of the file: \"{Line(text)}\"; download it again.");
    }

    private static string Line(string text)
    {
        var line = text.Split('\n')[0].Trim();
        return line.Length <= 80 ? line : line[..80] + "...";
    }
}
