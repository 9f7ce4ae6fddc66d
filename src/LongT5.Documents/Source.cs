
namespace LongT5.Documents;

/// <summary>The bytes of a document and how it is called.</summary>
/// <param name="Name">How it is named in errors, as the user wrote it.</param>
/// <param name="Bytes">All of it.</param>
sealed record Source(string Name, byte[] Bytes)
{
    /// <summary>
    /// Where it lies, for the one format whose documents lie in several files (LaTeX); null for a stream.
    /// </summary>
    public string? Folder { get; init; }

    /// <summary>An error about this document, on one line whatever it quotes.</summary>
    public BadFileException Bad(string problem, Exception? cause = null, bool needsPassword = false)
        => new(Name, string.Concat(problem.Select(c => char.IsControl(c) ? ' ' : c)), cause: cause)
        {
            NeedsPassword = needsPassword,
        };
}
