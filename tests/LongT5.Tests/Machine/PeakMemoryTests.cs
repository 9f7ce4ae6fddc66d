using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Tests.Model;

namespace LongT5.Tests.Machine;

/// <summary>Alone, because the memory that is counted is the process's.</summary>
[Collection(nameof(Alone))]
public class PeakMemoryTests
{
    private const long Mebibyte = 1 << 20;

    [Fact]
    public void The_peak_of_memory_is_what_was_held_and_can_be_forgotten()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux lets a process forget its peak");
        MachineMemory.ForgetPeak();
        var before = MachineMemory.PeakOfProcess;
        using (new NativeBuffer(64 << 20, clear: true))
            Assert.InRange(MachineMemory.PeakOfProcess - before, 200 * Mebibyte, 300 * Mebibyte);
        Assert.True(MachineMemory.PeakOfProcess - before >= 200 * Mebibyte,
            "what was given back is forgotten too early");
        MachineMemory.ForgetPeak();
        Assert.True(MachineMemory.PeakOfProcess - before < 100 * Mebibyte, "what was given back is remembered");
    }
}
