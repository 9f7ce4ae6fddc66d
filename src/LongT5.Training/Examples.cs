using LongT5.Training.Data;

namespace LongT5.Training;

/// <summary>Prints what a run would learn from, so that people can read it.</summary>
static class Examples
{
    /// <summary>Prints the first examples of every stage.</summary>
    public static void Show(TrainingOptions options, int count, TextWriter output)
    {
        using var recipe = new Recipe(options);
        foreach (var (i, stage) in recipe.Stages.Index())
        {
            output.WriteLine($"Stage {i + 1} of {recipe.Stages.Count}: steps {stage.Start} to {stage.End}, at most "
                + $"{stage.Options.Input} tokens in, {stage.Options.Target} out, {stage.Options.Batch} at once");
            for (var number = 0; number < count; number++)
            {
                var example = stage.Batches.Make(number);
                output.WriteLine();
                output.WriteLine($"--- input, {example.Input.Length} tokens");
                output.WriteLine(Readable(recipe, example.Input));
                output.WriteLine($"--- target, {example.Target.Length} tokens");
                output.WriteLine(Readable(recipe, example.Target));
            }
            output.WriteLine();
        }
    }

    /// <summary>
    /// The text, with special tokens as the vocabulary spells them; the unknown token of a mask is &lt;unk&gt;.
    /// </summary>
    static string Readable(Recipe recipe, ReadOnlySpan<int> ids)
        => recipe.Tokenizer.Decode(ids, skipSpecialTokens: false);
}
