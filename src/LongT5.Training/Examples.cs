using System.Globalization;
using LongT5.Training.Data;

namespace LongT5.Training;

/// <summary>Prints what a run would learn from, so that people can read it.</summary>
static class Examples
{
    /// <summary>Prints what is drawn in every stage, and the first examples of it.</summary>
    public static void Show(TrainingOptions options, int count, TextWriter output)
    {
        using var recipe = new Recipe(options);
        foreach (var (i, stage) in recipe.Stages.Index())
        {
            output.WriteLine($"Stage {i + 1} of {recipe.Stages.Count}: steps {stage.Start} to {stage.End}, at most "
                + $"{stage.Options.Input} tokens in, {stage.Options.Target} out, {stage.Options.Batch} at once");
            if (stage.Shares.Count > 1) output.WriteLine($"drawn by turns: {DataReport.Shares(stage)}");
            if (recipe.Options.Curriculum.Difficulty is { } difficulty)
                output.WriteLine($"drawn from, {difficulty.Said(stage.Start, stage.End)}");
            for (var number = 0; number < count; number++)
            {
                var example = stage.Batches.Make(number);
                output.WriteLine();
                output.WriteLine($"--- input, {example.Input.Length} tokens");
                output.WriteLine(Readable(recipe, example.Input));
                if (example.Head is { } head)
                {
                    output.WriteLine($"--- the head {recipe.Options.Head!.Name}");
                    output.WriteLine(Readable(recipe, example, head));
                    continue;
                }
                output.WriteLine($"--- target, {example.Target.Length} tokens");
                output.WriteLine(Readable(recipe, example.Target));
            }
            output.WriteLine();
        }
    }

    /// <summary>What a head of labels is to say.</summary>
    static string Readable(Recipe recipe, TokenizedExample example, HeadTarget target)
    {
        var labels = recipe.Options.Head!.Labels;
        return recipe.Options.Head.Kind switch
        {
            HeadKind.Regression => string.Create(CultureInfo.InvariantCulture, $"{target.Values[0]}"),
            HeadKind.MultiLabel => string.Join(", ", labels!.Where((_, i) => target.Values[i] > 0)),
            HeadKind.TokenClassification => string.Join(' ', target.Words.Select(word
                => labels![(int)target.Values[word]])),
            HeadKind.Extractive => target.Values[1] == 0 ? "no answer"
                : Readable(recipe, example.Input.AsSpan()[(int)target.Values[0]..((int)target.Values[1] + 1)]),
            _ => labels![(int)target.Values[0]],
        };
    }

    /// <summary>
    /// The text, with special tokens as the vocabulary spells them; the unknown token of a mask is &lt;unk&gt;.
    /// </summary>
    static string Readable(Recipe recipe, ReadOnlySpan<int> ids)
        => recipe.Tokenizer.Decode(ids, skipSpecialTokens: false);
}
