using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Tests.Model;
using LongT5.Tests.Tasks;

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
    [Fact]
    public void What_eight_requests_at_once_took_is_given_back_by_the_models_end()
    {
        Scratch.Clear();
        var before = NativeBuffer.BytesHeld;
        NativeBuffer.ForgetPeak();
        using (var model = LongT5Model.Load(TinyModel.Folder))
        {
            Parallel.For(0, 8, new() { MaxDegreeOfParallelism = 8 }, i => model.Generate(
                [[.. Enumerable.Range(0, 3000).Select(token => 3 + (token + i) % 90), 1]],
                new() { MaxNewTokens = 10, NumBeams = 2 }));
            Assert.True(NativeBuffer.PeakBytes > before + Mebibyte, "nothing was taken");
        }
        Assert.Equal(before, NativeBuffer.BytesHeld);
    }
}
