namespace LongT5.Generation;

/// <summary>
/// Random numbers by counter (Philox4x32-10; Salmon et al. 2011): each is a function of seed and place alone.
/// </summary>
readonly struct Philox(long seed)
{
    /// <summary>A number from 0 to below 1, of 53 bits.</summary>
    public double Uniform(uint sequence, uint step, uint draw)
    {
        var (high, low) = Block(sequence, step, draw);
        return (((ulong)high << 32 | low) >> 11) * (1.0 / (1UL << 53));
    }

    private (uint High, uint Low) Block(uint x0, uint x1, uint x2)
    {
        uint x3 = 0, key0 = (uint)seed, key1 = (uint)(seed >> 32);
        for (var round = 0; round < 10; round++)
        {
            ulong product0 = 0xD2511F53UL * x0, product1 = 0xCD9E8D57UL * x2;
            (x0, x1, x2, x3) = ((uint)(product1 >> 32) ^ x1 ^ key0, (uint)product1,
                (uint)(product0 >> 32) ^ x3 ^ key1, (uint)product0);
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }
        return (x0, x1);
    }
}
