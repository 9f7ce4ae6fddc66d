namespace LongT5.Data;

/// <summary>A part of a data set.</summary>
public enum Split
{
    /// <summary>What models learn from.</summary>
    Train,

    /// <summary>What choices are made on; also called val, valid or dev.</summary>
    Validation,

    /// <summary>What results are reported on.</summary>
    Test,
}

/// <summary>Which rows or examples of a data set are read, and what happens to bad ones.</summary>
public sealed record ReadOptions
{
    /// <summary>The part of the data set.</summary>
    public Split Split { get; init; } = Split.Test;

    /// <summary>At most this many examples: the first ones, or a sample where <see cref="Seed"/> is given.</summary>
    public int? Limit { get; init; }

    /// <summary>
    /// Draws the <see cref="Limit"/> examples at random, the same ones for the same seed; they keep their order.
    /// </summary>
    public int? Seed { get; init; }

    /// <summary>The column of the input, for tables whose task does not know it.</summary>
    public string? SourceColumn { get; init; }

    /// <summary>The column of the target, for tables whose task does not know it.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>
    /// Called with what is wrong with each bad row, which is then left out; null makes a bad row an error.
    /// </summary>
    public Action<string>? SkipBad { get; init; }

    /// <summary>What whoever meets a bad row can do, in the words of the program at hand; it ends the error.</summary>
    public string Advice { get; init; } = "Mend it";

    /// <summary>
    /// Told what people should know of how files were read: an encoding that was guessed, files that were left out.
    /// </summary>
    public Action<string>? Note { get; init; }

    /// <summary>
    /// How texts are read that are no plain text, such as PDF and DOCX; null where only plain text is read.
    /// </summary>
    public DocumentTexts? Documents { get; init; }

    /// <summary>Reports a bad row: an error, unless bad rows are to be skipped.</summary>
    /// <exception cref="BadFileException">Bad rows are not skipped.</exception>
    internal void Bad(string file, long row, string problem)
    {
        if (SkipBad is null)
            throw new BadFileException(file, $"row {row}: {problem}. {Advice}");
        SkipBad($"{file}: row {row}: {problem}");
    }
}

/// <summary>A reader of documents, which stands beside this library and not below it.</summary>
/// <param name="Endings">What the names of its documents end in, with the dot and in small letters.</param>
/// <param name="Read">The text of a document, by its path and its bytes.</param>
public sealed record DocumentTexts(IReadOnlyCollection<string> Endings, Func<string, Stream, string> Read);
