using System.Globalization;
using LongT5.Evaluation;

namespace LongT5.Cli.Evaluating;

/// <summary>Says it where ROUGE, which reads the letters a to z alone, is blind to much of the texts.</summary>
static class LettersLeftOut
{
    /// <summary>
    /// Marks are a few in a hundred letters of French or German, and words are cut at them; more makes other figures.
    /// </summary>
    private const double Much = 0.1;

    /// <summary>Warns, if there is reason to.</summary>
    /// <param name="references">What texts are held against.</param>
    public static void Warn(IEnumerable<string> references)
    {
        var share = Rouge.ShareOfLettersLeftOut(references);
        if (share <= Much) return;
        Terminal.Warn(
            string.Create(CultureInfo.InvariantCulture,
                $"ROUGE reads the letters a to z alone, and {share:0%} of the letters of the references are others: "
            + $"these figures say little. longt5 evaluate --metric translation counts all letters (chrF)."));
    }
}
