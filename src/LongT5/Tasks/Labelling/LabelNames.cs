namespace LongT5.Tasks.Labelling;

/// <summary>What rows call labels: their names, or, as data sets of the hub have them, their numbers.</summary>
static class LabelNames
{
    /// <summary>The number of the label that is meant; -1 where it is none of them.</summary>
    /// <param name="labels">The labels of a head, in order.</param>
    /// <param name="said">A name, or a number from 0.</param>
    public static int NumberOf(IReadOnlyList<string> labels, string said)
    {
        for (var i = 0; i < labels.Count; i++)
            if (labels[i] == said) return i;
        return int.TryParse(said, out var number) && number >= 0 && number < labels.Count ? number : -1;
    }
}
