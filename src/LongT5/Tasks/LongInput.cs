namespace LongT5.Tasks;

/// <summary>What becomes of a text that is longer than what a model was trained to read.</summary>
public enum LongInput
{
    /// <summary>
    /// It is read in parts that begin where sections or paragraphs do; each is summarised, and the summaries are joined
    /// in their order, and summarised again while they are too long. Memory is that of one part.
    /// </summary>
    Merge,

    /// <summary>
    /// It is encoded in windows that overlap, and their states are joined: one decoder reads them all (SLED, Ivgi and
    /// others, 2023). Memory grows with the text.
    /// </summary>
    Fuse,

    /// <summary>It is read in one pass, however long; memory and time grow with it.</summary>
    Whole,

    /// <summary>Its end is not read.</summary>
    Cut,
}
