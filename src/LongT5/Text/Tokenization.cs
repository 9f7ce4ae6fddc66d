namespace LongT5.Text;

/// <summary>A text as tokens, with the characters that each stands for.</summary>
/// <param name="Ids">The ids, the end token included.</param>
/// <param name="Pieces">The vocabulary's piece for each id.</param>
/// <param name="Offsets">Start and end of each token in the text, in UTF-16 units; (0, 0) for the end token.</param>
public sealed record Tokenization(int[] Ids, string[] Pieces, (int Start, int End)[] Offsets);
