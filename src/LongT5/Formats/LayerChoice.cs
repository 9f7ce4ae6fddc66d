namespace LongT5.Formats;

/// <summary>Which layers of a teacher a shallower student begins with.</summary>
static class LayerChoice
{
    // Shleifer and Rush, "Pre-trained Summarization Distillation" (2020): where their table differs from even spacing.
    private static readonly Dictionary<(int Teacher, int Student), int[]> s_published = new()
    {
        [(6, 4)] = [0, 1, 3, 5],
        [(12, 2)] = [0, 6],
        [(12, 4)] = [0, 4, 8, 11],
        [(12, 9)] = [0, 1, 2, 4, 5, 7, 9, 10, 11],
        [(16, 8)] = [0, 2, 4, 6, 8, 10, 12, 15],
        [(16, 9)] = [0, 1, 3, 5, 7, 9, 11, 13, 15],
        [(16, 12)] = [0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 15],
    };

    /// <summary>
    /// The layers to copy: those of the published table, else evenly spaced, the first and the last among them.
    /// </summary>
    /// <param name="teacher">Layers that there are.</param>
    /// <param name="student">Layers that are wanted, from 1 to as many.</param>
    /// <returns>Their numbers, ascending; the first is 0.</returns>
    public static CopiedLayer[] ToCopy(int teacher, int student)
        => [.. s_published.TryGetValue((teacher, student), out var known) ? known.Select(layer => (CopiedLayer)layer)
            : Enumerable.Range(0, student).Select(i
                => (CopiedLayer)(student == 1 ? 0 : (int)Math.Round((double)i * (teacher - 1) / (student - 1))))];
}
