using System.Text.Json.Serialization;

namespace LongT5.Training;

/// <summary>How the learning rate goes on after its warm-up.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Decay>))]
public enum Decay
{
    /// <summary>It stays: what LongT5 was fine-tuned with.</summary>
    [JsonStringEnumMemberName("constant")]
    Constant,

    /// <summary>It falls on a line to <see cref="Schedule.Floor"/> at the last step.</summary>
    [JsonStringEnumMemberName("linear")]
    Linear,

    /// <summary>It falls on half a cosine to <see cref="Schedule.Floor"/> at the last step.</summary>
    [JsonStringEnumMemberName("cosine")]
    Cosine,

    /// <summary>
    /// 1 / sqrt(max(step, warm-up)) times the rate: LongT5's pre-training, with a rate of 1 and 10,000 steps.
    /// </summary>
    [JsonStringEnumMemberName("inverse-sqrt")]
    InverseSqrt,
}

/// <summary>The learning rate of every step.</summary>
public sealed record Schedule
{
    /// <summary>What happens after the warm-up.</summary>
    public Decay Decay { get; init; }

    /// <summary>
    /// Steps on which the rate rises on a line from nothing; for <see cref="Decay.InverseSqrt"/>, on which it stays.
    /// </summary>
    public int WarmUp { get; init; }

    /// <summary>The same as a share of all steps; null for <see cref="WarmUp"/>.</summary>
    public double? WarmUpRatio { get; init; }

    /// <summary>Share of the steps after which a linear or cosine decay begins.</summary>
    public double Hold { get; init; }

    /// <summary>Share of the rate that is left at the end.</summary>
    public double Floor { get; init; }

    /// <summary>Tells of a number that no schedule can have.</summary>
    /// <exception cref="ArgumentException">There is one.</exception>
    internal void Check()
    {
        Expect.NotNegative(WarmUp, "warmUp");
        if (WarmUpRatio is { } ratio) Expect.Part(ratio, "warmUpRatio");
        if (WarmUp > 0 && WarmUpRatio is not null) throw new ArgumentException("The schedule has a warmUp and a "
            + "warmUpRatio; give one of them.");
        Expect.Part(Hold, "hold of the schedule");
        Expect.Part(Floor, "floor of the schedule");
    }

    /// <summary>The factor of the learning rate at a step.</summary>
    /// <param name="step">The step, from 0.</param>
    /// <param name="steps">All steps of the run.</param>
    public double At(long step, long steps)
    {
        var warmUp = WarmUpRatio is { } ratio ? (long)Math.Ceiling(ratio * steps) : WarmUp;
        if (Decay == Decay.InverseSqrt)
            return 1 / Math.Sqrt(Math.Max(step, Math.Max(1, warmUp)));
        var rise = warmUp > 0 ? Math.Min(1, (step + 1.0) / warmUp) : 1;
        var start = Math.Max(warmUp, Hold * steps);
        var done = Math.Clamp((step - start) / Math.Max(1, steps - start), 0, 1);
        return rise * Decay switch
        {
            Decay.Linear => 1 - (1 - Floor) * done,
            Decay.Cosine => Floor + (1 - Floor) * (1 + Math.Cos(Math.PI * done)) / 2,
            _ => 1,
        };
    }
}
