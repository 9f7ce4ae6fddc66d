namespace LongT5.Scheduling;

/// <summary>What a request costs in a step.</summary>
/// <param name="Operations">All of its work, reading included.</param>
/// <param name="Weights">Bytes of the weights, which are read once for all.</param>
/// <param name="Input">Bytes of the keys and values of its inputs, which are read for it alone.</param>
readonly record struct StepCost(double Operations, double Weights, double Input);

/// <summary>Who is in the next step.</summary>
/// <remarks>
/// Weights are read once for all, but each input's keys and values for it alone: at base size 70 kB a token, so that a
/// step of a long text takes several times as long. Where weights come from memory, a step is of the request with least
/// work in all, and of those whose inputs together are no more to read than the weights. Of all that is read in steps a
/// quarter belongs to those who are left out: when it is theirs, there is a step of all. Where weights stay in the
/// cache every step is of all. Not for several threads at once.
/// </remarks>
sealed class WritingTurns
{
    private const double OthersShare = 0.25;

    private double _owed; // bytes

    /// <summary>Which of the requests that are being written are in the next step.</summary>
    /// <param name="writers">What they cost; at least one.</param>
    public bool[] Next(IReadOnlyList<StepCost> writers)
    {
        var chosen = new bool[writers.Count];
        var first = writers.Index().MinBy(one => one.Item.Operations).Index;
        var read = writers[first].Weights + writers[first].Input;
        chosen[first] = true;
        var room = writers[first].Weights > ReadingTurns.InCache ? writers[first].Weights : double.PositiveInfinity;
        var left = 0.0;
        foreach (var (i, cost) in writers.Index().Where(one => one.Index != first).OrderBy(one => one.Item.Input))
        {
            chosen[i] = cost.Input <= room;
            room -= cost.Input;
            if (chosen[i]) read += cost.Input;
            else left += cost.Input;
        }
        if (_owed < left)
        {
            _owed += read * OthersShare / (1 - OthersShare);
            return chosen;
        }
        _owed = 0;
        Array.Fill(chosen, true);
        return chosen;
    }
}
