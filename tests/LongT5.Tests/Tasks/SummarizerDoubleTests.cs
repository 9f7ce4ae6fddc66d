using LongT5.Tasks;

namespace LongT5.Tests.Tasks;

/// <summary>
/// A program of a user's is tested without a model: what it is given stands for
/// the summariser, and makes summaries itself.
/// </summary>
public class SummarizerDoubleTests
{
    [Fact]
    public async Task A_program_is_tested_with_a_summariser_that_is_none()
    {
        ISummarizer canned = new Canned();
        Assert.Equal("2 sentences: One. Two.", Digest(canned, "A report."));
        Assert.Equal("One. Two.",
            (await canned.SummarizeAsync("A report.", cancellation: TestContext.Current.CancellationToken)).Text);
        using var model = LongT5Model.Load(TinyModel.Folder);
        Assert.Contains(" sentences: ", Digest(new Summarizer(model), "The art of war is of vital importance."));
    }

    private static string Digest(ISummarizer summarizer, string text)
    {
        var summary = summarizer.Summarize(text, new() { Length = SummaryLength.Short });
        return $"{summary.Sentences.Count} sentences: {summary.Text}";
    }

    private sealed class Canned : ISummarizer
    {
        private static readonly Summary Two = new() { Text = "One. Two.", Sentences = ["One.", "Two."] };

        public Summary Summarize(
            string text, SummaryOptions? options, IProgress<GenerationProgress>? progress,
            CancellationToken cancellation) => Two;

        public Task<Summary> SummarizeAsync(
            string text, SummaryOptions? options, IProgress<GenerationProgress>? progress,
            CancellationToken cancellation)
            => Task.FromResult(Two);

        public IAsyncEnumerable<string> StreamAsync(
            string text, SummaryOptions? options, Action<Summary>? done, IProgress<GenerationProgress>? progress,
            CancellationToken cancellation) => Two.Sentences.ToAsyncEnumerable();
    }
}
