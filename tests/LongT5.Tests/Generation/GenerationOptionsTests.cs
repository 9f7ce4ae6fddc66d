using System.Text.Json;
using LongT5.Formats;
using LongT5.Generation;

namespace LongT5.Tests.Generation;

public class GenerationOptionsTests
{
    [Fact]
    public void Every_option_is_known_by_the_name_that_Hugging_Face_gives_it()
    {
        var said = Read("""
            {"max_new_tokens": 5, "num_beams": 4, "early_stopping": "never", "eos_token_id": 1, "forced_eos_token_id": [1, 2],
             "sequence_bias": [[[3, 20], 5.0]], "bad_words_ids": [[4], [5, 6]], "exponential_decay_length_penalty": [8, 1.1],
             "stop_strings": "end", "decoder_input_ids": [0, 4], "length_penalty": 2, "do_sample": null}
            """);
        Assert.Equal((5, 4, EarlyStopping.Never, 2.0),
            (said.MaxNewTokens, said.NumBeams, said.EarlyStopping, said.LengthPenalty));
        Assert.Equal([1], said.EosTokenId!);
        Assert.Equal([1, 2], said.ForcedEosTokenId!);
        Assert.Equal([3, 20], said.SequenceBias![0].Tokens);
        Assert.Equal([[4], [5, 6]], said.BadWordsIds!);
        Assert.Equal(new ExponentialDecay(8, 1.1), said.ExponentialDecayLengthPenalty);
        Assert.Equal(["end"], said.StopStrings!);
        Assert.Equal([[0, 4]], said.DecoderInputIds!);
        Assert.Null(said.DoSample);
    }

    [Theory]
    [InlineData("""{"num_beam": 4}""", "num_beam")]
    [InlineData("""{"num_beams": "four"}""", "num_beams")]
    [InlineData("""{"early_stopping": "always"}""", "early_stopping")]
    [InlineData("""{"bad_words_ids": [[1], 2]}""", "bad_words_ids")]
    [InlineData("""{"eos_token_id": [1, null]}""", "eos_token_id")]
    [InlineData("""{"sequence_bias": [[[1]]]}""", "sequence_bias")]
    [InlineData("""{"num_beam_groups": 2}""", "num_beam_groups")]
    [InlineData("""{"penalty_alpha": "much"}""", "penalty_alpha")]
    [InlineData("[]", "object")]
    public void What_is_unknown_or_of_another_type_is_an_error_that_names_it(string json, string named)
        => Assert.Contains(named, Assert.Throws<ArgumentException>(() => Read(json)).Message, StringComparison.Ordinal);

    [Fact]
    public void Names_that_change_nothing_here_are_listed()
    {
        var ignored = new List<string>();
        GenerationOptions.FromJson(JsonDocument.Parse(
            """{"use_cache": false, "num_beam_groups": 1, "diversity_penalty": 0.0, "return_dict_in_generate": true}""").RootElement, ignored);
        Assert.Equal(["use_cache", "return_dict_in_generate"], ignored);
    }

    [Fact]
    public void A_call_stands_above_the_models_files()
    {
        var files =
            File("""{"max_length": 512, "num_beams": 2, "length_penalty": 0.8, "d_model": 768, "use_cache": false}""");
        var whole = new GenerationOptions { MaxNewTokens = 9, NumBeams = 3 }.Resolve(files);
        Assert.Equal((9, null, 3, 0.8), (whole.MaxNewTokens, whole.MaxLength, whole.NumBeams, whole.LengthPenalty));
    }

    [Fact]
    public void A_max_length_of_twenty_in_a_file_is_the_reference_writing_out_its_default()
        => Assert.Equal((20, null), File("""{"max_length": 20}""").Resolve() is var whole
            ? (whole.MaxNewTokens, whole.MaxLength) : default);

    [Fact]
    public void What_the_files_say_and_the_call_makes_senseless_is_dropped()
    {
        var files = File(
            """{"num_beams": 4, "early_stopping": true, "length_penalty": 0.8, "temperature": 0.7, "top_k": 10}""");
        var whole = new GenerationOptions { NumBeams = 1, MaxNewTokens = 5 }.Resolve(files);
        Assert.Equal((null, null, null, null),
            (whole.EarlyStopping, whole.LengthPenalty, whole.Temperature, whole.TopK));
    }

    [Fact]
    public void Files_ask_for_contrastive_search_where_no_other_way_of_searching_is_asked_for()
    {
        Assert.True(File("""{"penalty_alpha": 0.6}""").Resolve().Contrasts);
        var files = File("""{"penalty_alpha": 0.4, "top_k": 3, "no_repeat_ngram_size": 5}""");
        Assert.Equal((0.4, 3, true), files.Resolve() is var whole ? (whole.PenaltyAlpha, whole.TopK, whole.Contrasts)
            : default);
        foreach (var call in new[] { """{"num_beams": 2}""", """{"do_sample": true, "top_k": 9}""",
            """{"penalty_alpha": 0}""" })
            Assert.False(Read(call).Resolve(files).Contrasts);
        Assert.Null(Read("""{"num_beams": 2}""").Resolve(files).TopK);
        Assert.Null(new GenerationOptions().Resolve(File("""{"penalty_alpha": 0.4, "top_k": 0}""")).PenaltyAlpha);
        Assert.Null(new GenerationOptions().Resolve(
            File("""{"penalty_alpha": 0.4, "prompt_lookup_num_tokens": 5}""")).PromptLookupNumTokens);
        foreach (var preset in LongT5.Tasks.GenerationPresets.All)
            Assert.False(preset.Options.Resolve(files).Contrasts);
    }

    [Fact]
    public void A_call_may_ask_for_less_than_the_least_that_the_files_say()
        => Assert.Null(new GenerationOptions { MaxNewTokens = 10 }.Resolve(File("""{"min_length": 56}""")).MinLength);

    [Fact]
    public void A_file_that_says_nonsense_is_named()
        => Assert.Contains("config.json: num_beams is {}; expected a whole number",
            Assert.Throws<BadFileException>(() => GenerationOptions.FromModelFile(
            JsonDocument.Parse("""{"num_beams": {}}""").RootElement, "config.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Two_lengths_of_one_call_give_a_warning_that_names_both()
    {
        var warnings = new List<string>();
        new GenerationOptions { MaxNewTokens = 5, MaxLength = 9 }.Resolve(warnings: warnings);
        Assert.Contains("max_new_tokens (5) takes precedence over max_length (9)", Assert.Single(warnings),
            StringComparison.Ordinal);
    }

    public static TheoryData<string, string, string> Contradictions => new()
    {
        { """{"temperature": 0.5}""", "temperature 0.5", "do_sample false" },
        { """{"top_p": 0.9, "do_sample": false}""", "top_p 0.9", "do_sample false" },
        { """{"num_return_sequences": 2}""", "num_return_sequences 2", "num_beams 1" },
        { """{"num_return_sequences": 5, "num_beams": 4}""", "num_return_sequences 5", "num_beams 4" },
        { """{"early_stopping": true}""", "early_stopping", "num_beams 1" },
        { """{"length_penalty": 2.0, "num_beams": 1}""", "length_penalty 2", "num_beams 1" },
        { """{"prompt_lookup_num_tokens": 5, "num_beams": 4}""", "prompt_lookup_num_tokens 5", "num_beams 4" },
        { """{"prompt_lookup_num_tokens": 5, "do_sample": true}""", "prompt_lookup_num_tokens 5", "do_sample true" },
        { """{"penalty_alpha": 0.6, "num_beams": 4}""", "penalty_alpha 0.6", "num_beams 4" },
        { """{"penalty_alpha": 0.6, "do_sample": true}""", "penalty_alpha 0.6", "do_sample true" },
        { """{"penalty_alpha": 0.6, "top_k": 0}""", "penalty_alpha 0.6", "top_k 0" },
        { """{"penalty_alpha": 0.6, "prompt_lookup_num_tokens": 5}""", "lookup_num_tokens 5", "penalty_alpha 0.6" },
        { """{"penalty_alpha": 0.6, "num_return_sequences": 2}""", "num_return_sequences 2", "num_beams 1" },
        { """{"top_k": 4}""", "top_k 4", "penalty_alpha 0" },
        { """{"min_new_tokens": 9, "max_new_tokens": 5}""", "min_new_tokens 9", "max_new_tokens 5" },
        { """{"min_length": 9, "max_length": 5}""", "min_length 9", "max_length 5" },
        { """{"min_length": 30}""", "min_length 30", "max_new_tokens 20" },
        { """{"forced_bos_token_id": 7, "suppress_tokens": [7]}""", "forced_bos_token_id 7", "suppress_tokens" },
    };

    [Theory, MemberData(nameof(Contradictions))]
    public void A_contradiction_is_one_error_that_names_both(string json, string one, string other)
    {
        var message = Assert.Throws<ArgumentException>(() => Read(json).Resolve()).Message;
        Assert.Contains(one, message, StringComparison.Ordinal);
        Assert.Contains(other, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"temperature": 0, "do_sample": true}""", "temperature")]
    [InlineData("""{"max_new_tokens": 0}""", "max_new_tokens")]
    [InlineData("""{"num_beams": 0}""", "num_beams")]
    [InlineData("""{"penalty_alpha": 1.5}""", "penalty_alpha")]
    [InlineData("""{"top_p": 1.5, "do_sample": true}""", "top_p")]
    [InlineData("""{"repetition_penalty": 0}""", "repetition_penalty")]
    [InlineData("""{"bad_words_ids": [[]]}""", "bad_words_ids")]
    [InlineData("""{"prompt_lookup_num_tokens": 1000}""", "prompt_lookup_num_tokens")]
    public void A_value_out_of_range_is_an_error_that_names_it(string json, string named)
        => Assert.Contains(named, Assert.Throws<ArgumentException>(() => Read(json).Resolve()).Message,
            StringComparison.Ordinal);

    [Fact]
    public void All_that_is_wrong_comes_in_one_error()
    {
        var message = Assert.Throws<ArgumentException>(
            () => Read("""{"num_beams": 0, "temperature": 0.5, "max_length": -1}""").Resolve()).Message;
        Assert.All(["num_beams", "temperature", "max_length"],
            name => Assert.Contains(name, message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_token_that_the_model_does_not_have_is_an_error_that_names_it()
    {
        using var session = ToySession.Saying(10, 5);
        var options = new GenerationOptions { DecoderStartTokenId = 0, SuppressTokens = [10] };
        Assert.Contains("10", Assert.Throws<ArgumentException>(() => Generator.Run(session, [[1]], options)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void More_scores_than_memory_can_address_are_an_error_before_they_are_asked_for()
    {
        using var session = new ToySession(3000, 1000, (_, _, _) => 0);
        var options = new GenerationOptions { DecoderStartTokenId = 0, NumBeams = 1000 };
        var inputs = Enumerable.Repeat<int[]>([1], 3000).ToList();
        Assert.Contains("fewer",
            Assert.Throws<ArgumentException>(() => Generator.Run(session, inputs, options)).Message,
            StringComparison.Ordinal);
        Assert.Equal(0, session.Calls);
    }

    private static GenerationOptions Read(string json)
        => GenerationOptions.FromJson(JsonDocument.Parse(json).RootElement);

    private static GenerationOptions File(string json)
        => GenerationOptions.FromModelFile(JsonDocument.Parse(json).RootElement);
}
