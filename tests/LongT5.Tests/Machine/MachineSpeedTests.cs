using LongT5.Kernels;
using LongT5.Machine;

namespace LongT5.Tests.Machine;

public class MachineSpeedTests
{
    [Fact]
    public void All_that_was_filled_is_read_and_all_that_is_counted_is_computed()
    {
        using var workers = new Workers(2);
        using var memory = MachineSpeed.Fill(3 << 18, workers);
        Assert.Equal(3 << 20, MachineSpeed.Read(memory, workers));
        Assert.DoesNotContain(0f, memory.Span(0, 3 << 18).ToArray());
        Assert.Equal(2.0 * Simd.Chains * Simd.Best.Count * 10 * 2, MachineSpeed.MultiplyAdd(workers, 10));
    }

    [Fact]
    public void Every_width_of_register_computes_its_chains()
    {
        // s becomes 0.999 s + 0.1, from 0.1 on, in each lane of each chain.
        var s = 0.1f;
        for (var i = 0; i < 50; i++)
            s = MathF.FusedMultiplyAdd(s, 0.999f, 0.1f);
        foreach (var simd in Simd.Supported)
            Assert.Equal(Simd.Chains * simd.Count * s, simd.MultiplyAdds(50), 1e-4f * Simd.Chains * simd.Count * s);
    }
}
