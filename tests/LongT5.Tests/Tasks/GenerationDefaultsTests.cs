using LongT5.Formats;
using LongT5.Tasks;
using LongT5.Tests.Formats;

namespace LongT5.Tests.Tasks;

/// <summary>Which of a model's files speaks of generation.</summary>
public sealed class GenerationDefaultsTests : IDisposable
{
    private readonly ChangedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_generation_config_stands_alone()
    {
        _folder.Config["num_beams"] = 4;
        _folder.Config["no_repeat_ngram_size"] = 3;
        var defaults = Of("""{"decoder_start_token_id": 0, "length_penalty": 2.0, "max_length": 99}""");
        Assert.Equal((null, null, 99),
            (defaults.Options.NumBeams, defaults.Options.NoRepeatNgramSize, defaults.Options.MaxLength));
        Assert.Empty(defaults.Warnings);
        Assert.Equal(["decoder_start_token_id", "eos_token_id", "max_length", "pad_token_id"],
            defaults.Said.Select(said => said.Key).Order());
    }

    [Fact]
    public void One_that_was_made_from_config_json_yields_to_it_and_what_is_lost_is_told()
    {
        _folder.Config["num_beams"] = 4;
        var defaults =
            Of("""{"_from_model_config": true, "decoder_start_token_id": 0, "eos_token_id": 1, "no_repeat_ngram_size": 3}""");
        Assert.Equal((4, null), (defaults.Options.NumBeams, defaults.Options.NoRepeatNgramSize));
        Assert.Contains("no_repeat_ngram_size", Assert.Single(defaults.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_generation_config_config_json_speaks()
    {
        _folder.Config["num_beams"] = 4;
        Assert.Equal(4, Of(null).Options.NumBeams);
    }

    [Fact]
    public void Which_tokens_start_and_end_is_asked_of_both()
    {
        var defaults = Of("""{"num_beams": 2}""");
        Assert.Equal(0, defaults.Options.DecoderStartTokenId);
        Assert.Equal([1], defaults.Options.EosTokenId!);
    }

    [Fact]
    public void Where_no_token_starts_the_decoder_that_of_the_beginning_does()
    {
        _folder.Config.Remove("decoder_start_token_id");
        Assert.Equal(7, Of("""{"bos_token_id": 7}""").Options.DecoderStartTokenId);
        _folder.Config["bos_token_id"] = 8;
        Assert.Equal(8, Of(null).Options.DecoderStartTokenId);
    }

    [Theory]
    [InlineData("num_beam_groups", "4")]
    [InlineData("diversity_penalty", "0.5")]
    [InlineData("guidance_scale", "1.5")]
    [InlineData("force_words_ids", "[[5]]")]
    public void A_way_of_searching_that_is_not_offered_is_told_with_the_file_that_asks_for_it(string name, string value)
    {
        var defaults = Of($$"""{"num_beams": 4, "{{name}}": {{value}}}""");
        var warning = Assert.Single(defaults.Warnings);
        Assert.Contains($"generation_config.json asks for {name} {value}", warning, StringComparison.Ordinal);
        Assert.DoesNotContain(name, defaults.Said.Select(said => said.Key));
    }

    [Fact]
    public void What_the_parameters_of_a_task_ask_for_in_vain_is_told_too()
    {
        _folder.Config["task_specific_params"] = System.Text.Json.Nodes.JsonNode.Parse(
            """{"summarization": {"prefix": "sum: ", "penalty_alpha": 0.4, "top_k": 3, "guidance_scale": 1.5}}""");
        using var checkpoint = _folder.Open();
        Assert.Contains(LongT5Model.WarningsOf(checkpoint),
            warning => warning.Contains("config.json asks for guidance_scale 1.5", StringComparison.Ordinal));
        Assert.DoesNotContain(LongT5Model.WarningsOf(checkpoint),
            warning => warning.Contains("penalty_alpha", StringComparison.Ordinal));
    }

    [Fact]
    public void A_task_that_is_wrong_is_told_with_file_and_field()
    {
        _folder.Config["task_specific_params"] = System.Text.Json.Nodes.JsonNode.Parse(
            """{"summarization": {"num_beams": "four"}}""");
        using var checkpoint = _folder.Open();
        Assert.Contains("config.json: task_specific_params.summarization.num_beams is \"four\"",
            Assert.Throws<BadFileException>(() => LongT5Model.WarningsOf(checkpoint)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Only_what_is_in_effect_is_said()
    {
        var defaults =
            Of("""{"num_beams": 1, "length_penalty": 2.0, "temperature": 0.7, "top_k": 10, "repetition_penalty": 1.5}""");
        Assert.Equal(["num_beams", "repetition_penalty"], defaults.Said.Select(said => said.Key)
            .Where(name => !name.EndsWith("_id", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_value_that_is_wrong_is_told_with_the_file_and_never_with_a_name_of_the_code()
    {
        var message = Assert.Throws<BadFileException>(() => Of("""{"num_beams": "four"}""")).Message;
        Assert.Contains("generation_config.json: num_beams is \"four\"; expected a whole number", message,
            StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(
        """{"max_length": 50.0, "num_beams": 4.0, "do_sample": 0, "early_stopping": 1, "decoder_start_token_id": [0]}""")]
    public void Numbers_are_taken_as_Python_takes_them(string json)
    {
        var options = Of(json).Options;
        Assert.Equal((50, 4, false, LongT5.Generation.EarlyStopping.WhenFull, 0),
            (options.MaxLength, options.NumBeams, options.DoSample, options.EarlyStopping,
                options.DecoderStartTokenId));
    }

    private GenerationDefaults Of(string? generation)
    {
        var path = Path.Combine(_folder.Path, "generation_config.json");
        if (generation is null) File.Delete(path);
        else _folder.Write("generation_config.json", generation);
        using var checkpoint = _folder.Open();
        return GenerationDefaults.Of(checkpoint);
    }
}
