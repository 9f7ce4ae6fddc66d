using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Tasks;

namespace LongT5.Samples;

/// <summary>Any layout in, safetensors in bfloat16 out: half the size, and transformers loads it too.</summary>
static class SaveInHalfTheSize
{
    public static Task Run(string modelFolder, string document)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"longt5-{Guid.NewGuid():N}");
        using (var model = LongT5Model.Load(modelFolder))
            model.Save(folder, ElementType.BF16);

        using (var half = LongT5Model.Load(folder))
            Console.WriteLine(new Summarizer(half).Summarize(File.ReadAllText(document),
                new() { Length = SummaryLength.Short }).Text);
        Directory.Delete(folder, recursive: true);
        return Task.CompletedTask;
    }
}
