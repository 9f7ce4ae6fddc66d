namespace LongT5.Training.Objectives;

/// <summary>The sentences that objectives choose from; together they are the text again.</summary>
internal static class Sentences
{
    /// <summary>Splits a text; what stands between two sentences, white space, stays with the one on its left.</summary>
    /// <param name="text">The text.</param>
    /// <param name="whole">
    /// As people read it (<see cref="Text.Sentences.Split"/>): "Mr. Smith" ends no sentence, a heading is one of its own. Otherwise
    /// as PEGASUS cuts for its pre-training (<see cref="Text.Sentences.SplitAsPegasus"/>).
    /// </param>
    public static List<string> Split(string text, bool whole = false)
    {
        var ranges = whole ? Text.Sentences.Split(text) : Text.Sentences.SplitAsPegasus(text);
        var sentences = new List<string>(ranges.Count);
        for (int i = 0; i < ranges.Count; i++)
        {
            int start = i == 0 ? 0 : ranges[i].Start.Value;
            int end = i == ranges.Count - 1 ? text.Length : ranges[i + 1].Start.Value;
            if (!string.IsNullOrWhiteSpace(text[start..end]))
                sentences.Add(text[start..end]);
        }
        return sentences;
    }

    /// <summary>Whether a sentence has as many words as wanted, begins with one and ends like one: no heading, item or row of a table.</summary>
    public static bool Fits(string sentence, int[]? words)
    {
        if (words is not [int least, int most])
            return true;
        int count = sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return count >= least && count <= most && IsWhole(sentence) && BeginsWithWord(sentence);
    }

    private static bool BeginsWithWord(string sentence)
        => sentence.AsSpan().TrimStart("\"'([“‘_ \t\r\n") is [var first, ..] && char.IsLetterOrDigit(first);

    /// <summary>Whether a sentence ends like one; headings and rows of tables do not.</summary>
    public static bool IsWhole(string sentence) => ".!?\"”)".Contains(sentence.TrimEnd()[^1]);
}
