namespace LongT5.Training.Objectives;

/// <summary>Cuts text into sentences as PEGASUS does for its pre-training (<c>pretrain_parsing_ops.cc</c>).</summary>
internal static class Sentences
{
    /// <summary>
    /// Splits after each match of <c>[.!?]+\s+</c>; terminator and space stay with the sentence on their left.
    /// </summary>
    /// <param name="text">The text; its sentences together are the text again, but for pieces of only white space.</param>
    /// <param name="whole">
    /// For texts as people set them: quotes and brackets may stand between terminator and space, and an empty line ends
    /// a sentence too, so that a heading is one of its own.
    /// </param>
    public static List<string> Split(string text, bool whole = false)
    {
        var sentences = new List<string>();
        int start = 0;
        for (int at = 0; at < text.Length;)
        {
            bool ended = false;
            while (at < text.Length && text[at] is ('.' or '!' or '?'))
            {
                ended = true;
                at++;
            }
            while (whole && ended && at < text.Length && "\"')]”’".Contains(text[at]))
                at++;
            int space = at, lines = 0;
            while (at < text.Length && char.IsWhiteSpace(text[at]))
                lines += text[at++] == '\n' ? 1 : 0;
            if (at > space && (ended || (whole && lines > 1)))
                Close(at);
            else if (at == space && !ended)
                at++;
        }
        Close(text.Length);
        return sentences;

        void Close(int end)
        {
            if (!string.IsNullOrWhiteSpace(text[start..end]))
                sentences.Add(text[start..end]);
            start = end;
        }
    }

    /// <summary>Whether a sentence has as many words as wanted and ends like one: no heading, no row of a table.</summary>
    public static bool Fits(string sentence, int[]? words)
    {
        if (words is not [int least, int most])
            return true;
        int count = sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return count >= least && count <= most && IsWhole(sentence);
    }

    /// <summary>Whether a sentence ends like one; headings and rows of tables do not.</summary>
    public static bool IsWhole(string sentence) => ".!?\"”)".Contains(sentence.TrimEnd()[^1]);
}
