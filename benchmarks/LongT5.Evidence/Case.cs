namespace LongT5.Evidence;

/// <summary>A text, a summary of it, and which of the text's sentences each of the summary's was made from.</summary>
/// <param name="Kind">What is measured with it.</param>
/// <param name="Text">The text.</param>
/// <param name="Sentences">The sentences of the summary.</param>
/// <param name="Sources">For each the numbers of the right sentences, as <c>Sentences.Split</c> counts them.</param>
sealed record Case(string Kind, string Text, string[] Sentences, int[][] Sources);
