using LongT5.Text;

namespace LongT5.Tasks;

/// <summary>
/// Takes the end off a text that is too long, at the end of a sentence where there is one to be found.
/// </summary>
static class InputCut
{
    /// <summary>The tokens of as many whole sentences as fit.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="text">The whole text.</param>
    /// <param name="tokens">Its tokens.</param>
    /// <param name="most">Most tokens, the end token among them; at least 2.</param>
    public static int[] At(Tokenizer tokenizer, string text, Tokenization tokens, int most)
    {
        // Room for the end token; a cut text may take a token more than the same letters did before.
        for (var room = most - 1; room > 0; room = room * 15 / 16)
        {
            var end = tokens.Offsets[room - 1].End;
            var ids = tokenizer.Encode(text[..EndOfSentence(text, end)]);
            if (ids.Length <= most && ids.Length > 1)
                return ids;
        }
        return tokenizer.Encode(text, most);
    }

    /// <summary>
    /// The end of the last sentence that ends by <paramref name="limit"/>; the limit itself where that would lose half.
    /// </summary>
    private static int EndOfSentence(string text, int limit)
    {
        var end = 0;
        foreach (var sentence in Sentences.Split(text))
        {
            if (sentence.End.Value > limit)
                break;
            end = sentence.End.Value;
        }
        return end > limit / 2 ? end : limit;
    }
}
