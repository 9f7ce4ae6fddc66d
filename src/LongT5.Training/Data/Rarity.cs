using LongT5.Training.Objectives;

namespace LongT5.Training.Data;

/// <summary>How rare the words of each row are (Platanios et al. 2019): the sum of -log p over them.</summary>
static class Rarity
{
    /// <summary>The rarity of every row; reads all rows twice.</summary>
    public static double[] Of(Corpus rows)
    {
        var counts = new Dictionary<string, int>();
        double all = 0;
        foreach (var word in Enumerable.Range(0, rows.Count).SelectMany(row => Words(rows, row)))
        {
            counts[word] = counts.GetValueOrDefault(word) + 1;
            all++;
        }
        return [.. Enumerable.Range(0, rows.Count)
            .Select(row => Words(rows, row).Sum(word => Math.Log(all / counts[word])))];
    }

    static IEnumerable<string> Words(Corpus rows, int row)
        => rows.Row(row).Values.SelectMany(texts => texts).SelectMany(text => Bags.Words(text, stopWords: true));
}
