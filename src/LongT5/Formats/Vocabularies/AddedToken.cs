namespace LongT5.Formats;

/// <summary>A token that is found in a text before anything else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">How it is written.</param>
/// <param name="LeftStrip">Whether white space before it belongs to it.</param>
/// <param name="RightStrip">Whether white space behind it belongs to it.</param>
/// <param name="Special">Whether it is left out of a decoded text.</param>
/// <param name="Normalized">Whether it is sought in the normalized text, and normalized itself; only a
/// tokenizer.json knows this choice.</param>
/// <param name="SingleWord">Whether it counts only where no letter or digit stands beside it.</param>
readonly record struct AddedToken(
    int Id, string Content, bool LeftStrip, bool RightStrip, bool Special, bool Normalized = false,
    bool SingleWord = false)
{
    /// <summary>As <c>tokenizer.json</c> and <c>added_tokens_decoder</c> write it.</summary>
    internal static AddedToken Read(JsonField token, int id)
    {
        var special = Is("special", false);
        return new(id, token["content"].Text(), Is("lstrip", false), Is("rstrip", false), special,
            Is("normalized", !special), Is("single_word", false));

        bool Is(string name, bool otherwise) => token[name].Given?.Flag() ?? otherwise;
    }
}
