using System.Text.RegularExpressions;
using LongT5.Tasks;
using LongT5.Tests.Cli;

namespace LongT5.Tests.Tasks;

/// <summary>Each program of samples/ runs as written and writes what the library gives.</summary>
public sealed class SamplesTests : IDisposable
{
    private const string First = "The art of war is of vital importance to the State.";
    private const string Second = "It is a matter of life and death, a road either to safety or to ruin.";

    private static readonly SummaryOptions Short = new() { Length = SummaryLength.Short };

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_summary_is_printed_sentence_by_sentence_with_what_it_took()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        var expected = new Summarizer(model).Summarize(Document, Short);
        var lines = Run("summarize");
        Assert.NotEmpty(expected.Sentences);
        Assert.Equal(expected.Sentences.Select(sentence => $"- {sentence}"), lines[..expected.Sentences.Count]);
        Assert.StartsWith($"{expected.InputTokens} tokens read, {expected.OutputTokens} written in ",
            lines[expected.Sentences.Count]);
    }

    [Fact]
    public void A_streamed_summary_is_the_summary()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        var expected = new Summarizer(model).Summarize(Document).Text;
        Assert.NotEqual("", expected.Trim());
        Assert.Equal(expected, string.Join('\n', Run("stream")));
    }

    [Fact]
    public void Two_answers_come_with_their_scores()
    {
        var lines = Run("answer");
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^-?\d+\.\d\d  \S", line));
    }

    [Fact]
    public void Each_of_many_documents_gives_what_it_gives_alone()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        Assert.Equal(((string[])[First, Second]).Select(text => new Summarizer(model).Summarize(text, Short).Text),
            Run("many"));
    }

    [Fact]
    public void Options_are_heeded_and_the_work_is_told_beforehand()
    {
        var lines = Run("options");
        Assert.Matches(@"^\d+ tokens will take \d+ billion operations and \d+ MiB\.$", lines[0]);
        Assert.Matches(@"\w", lines[1]);
    }

    [Fact]
    public void States_and_sequences_of_ids_are_printed()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        var lines = Run("states");
        Assert.StartsWith($"{model.Tokenizer.Encode(Document).Length} tokens, 32 numbers each; the first is ",
            lines[0]);
        Assert.Matches(new Regex(@"^\d+( \d+)*$"), lines[1]);
    }

    [Fact]
    public void A_model_saved_in_half_the_size_summarises()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        model.Save(_scratch["half"], ElementType.BF16);
        using var half = LongT5Model.Load(_scratch["half"]);
        Assert.Equal([new Summarizer(half).Summarize(Document, Short).Text], Run("save"));
    }

    private static string Document => $"{First}\n\n{Second}";

    /// <summary>What a sample prints, line by line.</summary>
    private string[] Run(string name)
    {
        var document = _scratch.Write("a.txt", Document);
        var run =
            Longt5.Finish(
                Longt5.Launch("dotnet", [Path.Combine(AppContext.BaseDirectory, "LongT5.Samples.dll"), name,
                    TinyModel.Folder, document]));
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output.TrimEnd('\n').Split('\n');
    }
}
