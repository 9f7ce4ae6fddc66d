namespace LongT5.Training.Data;

/// <summary>What the model reads and what it is to write, as token ids, end tokens included.</summary>
/// <param name="Input">The encoder's tokens.</param>
/// <param name="Target">The decoder's tokens; the start token is not among them.</param>
public sealed record Example(int[] Input, int[] Target);
