using LongT5.Formats;
using LongT5.Machine;
using LongT5.Tasks;

namespace LongT5.Tests.Tasks;

public class LongT5ModelTests
{
    [Fact]
    public void A_saved_model_is_the_same_model()
    {
        using var scratch = new Cli.Scratch();
        using var model = LongT5Model.Load(TinyModel.Folder);
        model.Save(scratch["saved"]);
        using var again = LongT5Model.Load(scratch["saved"]);
        var ids = model.Tokenizer.Encode("The art of war is of vital importance.");
        Assert.Equal(model.Encode(ids).States.ToArray(), again.Encode(ids).States.ToArray());
        Assert.Equal(model.Generate("The art of war.")[0].Text, again.Generate("The art of war.")[0].Text);
    }

    [Fact]
    public void The_number_of_threads_changes_no_bit()
    {
        using var one = LongT5Model.Load(TinyModel.Folder, threads: 1);
        using var three = LongT5Model.Load(TinyModel.Folder, threads: 3);
        int[] ids = [.. Enumerable.Range(0, 300).Select(i => 4 + i % 90)];
        Assert.Equal(one.Encode(ids).States.ToArray(), three.Encode(ids).States.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => LongT5Model.Load(TinyModel.Folder, threads: 0));
    }

    [Fact]
    public void Batches_give_what_each_input_gives_alone()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        int[][] inputs = [[5, 6, 7, 1], [8, 1], [.. Enumerable.Repeat(9, 60), 1]];
        var options = new LongT5.Generation.GenerationOptions
        {
            NumBeams = 2,
            NumReturnSequences = 2,
            MaxNewTokens = 9
        };
        var together = model.Generate(inputs, options);
        Assert.Equal(inputs.SelectMany(input => model.Generate([input], options)).Select(one => one.Ids),
            together.Select(one => one.Ids));
    }

    [Fact]
    public void Texts_together_give_what_each_gives_alone()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        string[] texts = ["The art of war.", "It is life.",
            string.Concat(Enumerable.Repeat("A matter of life and death. ", 9))];
        var options = new TextOptions
        {
            Generation = new() { NumBeams = 2, NumReturnSequences = 2, MaxNewTokens = 9 },
            Prefix = "of ",
            MaxInputTokens = 40,
            CutsInside = true
        };
        var together = model.GenerateAll(texts, options);
        Assert.Equal(
            texts.Select(text => model.Generate(text, options)
                .Select(one => (one.Text, one.Score, one.InputTokens, one.DroppedTokens))),
            together.Select(all => all.Select(one => (one.Text, one.Score, one.InputTokens, one.DroppedTokens))));
        Assert.Equal(40, together[2][0].InputTokens);
        Assert.Empty(model.GenerateAll([]));
        Assert.Throws<ArgumentException>(() => model.GenerateAll(["one", " "]));
    }

    [Fact]
    public void Generation_config_stands_in_the_place_of_config()
    {
        using var scratch = new Cli.Scratch();
        TinyModel.Write(scratch.Folder, """, "num_beams": 3, "max_length": 40""");
        scratch.Write("generation_config.json", """{"num_beams": 2}""");
        using var model = LongT5Model.Load(scratch.Folder);
        Assert.Equal((2, null), (model.Defaults.NumBeams, model.Defaults.MaxLength));
        Assert.Equal(0, model.Defaults.DecoderStartTokenId);
    }

    [Theory]
    [InlineData("long-t5-tglobal-base", "", true)]
    [InlineData("long-t5-tglobal-base-16384-book-summary", "", false)]
    [InlineData("m", ", \"pretrained_only\": true", true)]
    [InlineData("long-t5-local-large", ", \"pretrained_only\": false", false)]
    public void A_checkpoint_that_was_only_pretrained_gives_one_warning(string name, string config, bool warns)
    {
        using var scratch = new Cli.Scratch();
        using var model = LongT5Model.Load(TinyModel.Write(scratch[name], config));
        Assert.Equal(warns,
            model.Warnings.Any(warning => warning.Contains("only pre-trained", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_model_without_a_vocabulary_takes_ids_and_says_so_of_text()
    {
        using var scratch = new Cli.Scratch();
        TinyModel.Write(scratch.Folder);
        File.Delete(scratch["spiece.model"]);
        using var model = LongT5Model.Load(scratch.Folder);
        Assert.NotEmpty(model.Generate([[5, 1]]));
        Assert.Contains("takes token ids but no text",
            Assert.Throws<FileNotFoundException>(() => model.Generate("Text.")).Message);
    }

    [Fact]
    public void The_longest_input_for_some_memory_is_what_the_estimate_says()
    {
        var config = new LongT5Config
        {
            DModel = 768,
            DFf = 2048,
            NumHeads = 12,
            NumLayers = 12,
            NumDecoderLayers = 12,
            EncoderAttentionType = EncoderAttention.TransientGlobal
        };
        var tokens = WorkEstimate.Longest(config, 4L << 30, beams: 4, newTokens: 512);
        Assert.True(WorkEstimate.For(config, tokens, 4, 512).Bytes <= 4L << 30);
        Assert.True(WorkEstimate.For(config, tokens + 1, 4, 512).Bytes > 4L << 30);
        Assert.Equal(0, WorkEstimate.Longest(config, 1000));
    }
}
