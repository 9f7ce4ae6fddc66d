namespace LongT5.Generation;

public sealed partial record GenerationOptions
{
    /// <summary>
    /// Sampling as most APIs ask for it: a temperature of 0 takes the likeliest token, any other one draws; without one
    /// a share of the probability below 1 does.
    /// </summary>
    internal GenerationOptions Sampled(double? temperature, double? topP, long? seed)
    {
        var samples = temperature is > 0 || temperature is null && topP is > 0 and < 1 || DoSample == true;
        if (!samples) return temperature is null ? this : this with { DoSample = false };
        return this with
        {
            DoSample = true,
            NumBeams = NumBeams ?? 1,
            Temperature = temperature is > 0 ? temperature : Temperature,
            TopP = topP is > 0 ? topP : TopP,
            Seed = seed ?? Seed,
        };
    }
}
