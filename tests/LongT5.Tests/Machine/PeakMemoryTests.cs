using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Tasks;
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
    public void Twenty_parts_of_a_text_take_the_memory_of_one()
    {
        const int Paragraphs = 520;
        var text = TextOf(Paragraphs);
        var parts = Held(text);
        Assert.InRange(parts.Parts, 20, 30);
        var one = TextOf(Paragraphs / parts.Parts + 1);
        var part = Held(one);
        Assert.Equal(0, part.Parts);
        Assert.True(part.Native > 0 && parts.Native < 1.1 * part.Native,
            $"{parts.Native} bytes of activations, {part.Native} of one part");
        // Beside the text itself: where its sentences begin, which of such short ones is as much as the text and a
        // half, and what was written of its parts.
        Assert.True(parts.Heap - part.Heap < 2.5 * sizeof(char) * (text.Length - one.Length),
            $"{parts.Heap} bytes of {text.Length} letters, {part.Heap} of {one.Length}");
    }

    private static string TextOf(int paragraphs) => string.Join("\n\n", Enumerable.Range(1, paragraphs).Select(paragraph
        => string.Join(' ', Enumerable.Range(1, 5)
            .Select(i => $"Sentence {i} of paragraph {paragraph} is about the art of war."))));

    // What is held beside the text while it is read, at most.
    private static (long Native, long Heap, int Parts) Held(string text)
    {
        using var model = LongT5Model.Load(TinyModel.Folder, threads: 1);
        var options = new SummaryOptions
        {
            Long = LongInput.Merge,
            MaxInputTokens = 5_500,
            Generation = new() { MaxNewTokens = 20 },
        };
        Scratch.Clear();
        NativeBuffer.ForgetPeak();
        var (native, heap, last, parts, most) = (NativeBuffer.BytesHeld, GC.GetTotalMemory(true), -1, 0, 0L);
        var progress = new Reporter(report =>
        {
            if (report.Part == last) return;
            (last, parts) = (report.Part, Math.Max(parts, report.Parts));
            most = Math.Max(most, GC.GetTotalMemory(true));
        });
        new Summarizer(model).Summarize(text, options, progress);
        return (NativeBuffer.PeakBytes - native, most - heap, parts);
    }

    private sealed class Reporter(Action<GenerationProgress> hear) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => hear(value);
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
