using LongT5.Generation;
using LongT5.Tasks;

namespace LongT5.Samples;

/// <summary>
/// Hugging Face's options by their names; what is not said comes from the preset, then from the model's files.
/// </summary>
static class ChooseOptions
{
    public static Task Run(string modelFolder, string document)
    {
        using var model = LongT5Model.Load(modelFolder, threads: 1);
        var options = new SummaryOptions
        {
            Preset = GenerationPresets.Beams.Options,
            Generation = new GenerationOptions { NumBeams = 2, MaxNewTokens = 40, MinNewTokens = 10 },
            MaxInputTokens = 4096,
        };

        var text = File.ReadAllText(document);
        var estimate = new Summarizer(model).Estimate(text, options);
        Console.WriteLine($"{estimate.Tokens} tokens will take {estimate.Operations / 1e9:0} billion operations and "
            + $"{estimate.Bytes >> 20} MiB.");
        Console.WriteLine(new Summarizer(model).Summarize(text, options).Text);
        return Task.CompletedTask;
    }
}
