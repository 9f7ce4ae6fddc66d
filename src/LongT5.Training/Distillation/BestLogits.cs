namespace LongT5.Training.Distillation;

/// <summary>The best logits of each position of a target; all others count as equal.</summary>
/// <param name="Ids">[T, k]</param>
/// <param name="Logits">[T, k]</param>
/// <param name="Rest">
/// [T]: the logit that each other word has, so that all together are as probable as they were; the best ones keep their
/// probabilities.
/// </param>
sealed record BestLogits(int[] Ids, float[] Logits, float[] Rest)
{
    /// <summary>Positions: T.</summary>
    public int Count => Rest.Length;

    /// <summary>The best of all.</summary>
    /// <param name="logits">[T, V]</param>
    /// <param name="vocabulary">V</param>
    /// <param name="kept">k, at most V.</param>
    public static BestLogits Of(float[] logits, int vocabulary, int kept)
    {
        var count = logits.Length / vocabulary;
        var best = new BestLogits(new int[count * kept], new float[count * kept], new float[count]);
        Parallel.For(0, count, position =>
        {
            var row = logits.AsSpan(position * vocabulary, vocabulary).ToArray();
            var ids = Enumerable.Range(0, vocabulary).ToArray();
            var order = Array.ConvertAll(row, logit => -logit);
            Array.Sort(order, ids); // of equals, whichever comes first here comes first again
            for (var i = 0; i < kept; i++)
            {
                best.Ids[position * kept + i] = ids[i];
                best.Logits[position * kept + i] = row[ids[i]];
            }
            if (kept == vocabulary) return;
            var (largest, sum) = ((double)row[ids[kept]], 0.0);
            foreach (var id in ids.AsSpan(kept)) sum += Math.Exp(row[id] - largest);
            best.Rest[position] = (float)(largest + Math.Log(sum / (vocabulary - kept)));
        });
        return best;
    }
}
