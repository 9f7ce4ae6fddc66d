using System.CommandLine;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using LongT5.Cli.Flags;
using LongT5.Generation;

namespace LongT5.Tests.Cli;

/// <summary>
/// Each generation option on its way through every layer: JSON, record, merging, checks, flag, help, documentation.
/// </summary>
public partial class EveryOptionTests
{
    /// <summary>A value of each option that is not its default.</summary>
    private static readonly Dictionary<string, string> Values = new()
    {
        ["max_new_tokens"] = "7",
        ["min_new_tokens"] = "3",
        ["max_length"] = "9",
        ["min_length"] = "4",
        ["max_time"] = "2.5",
        ["stop_strings"] = """["end"]""",
        ["num_beams"] = "4",
        ["length_penalty"] = "0.5",
        ["early_stopping"] = "\"never\"",
        ["num_return_sequences"] = "2",
        ["do_sample"] = "true",
        ["temperature"] = "0.7",
        ["penalty_alpha"] = "0.5",
        ["top_k"] = "8",
        ["top_p"] = "0.9",
        ["min_p"] = "0.1",
        ["typical_p"] = "0.6",
        ["epsilon_cutoff"] = "0.01",
        ["eta_cutoff"] = "0.02",
        ["seed"] = "8589934592",
        ["no_repeat_ngram_size"] = "3",
        ["encoder_no_repeat_ngram_size"] = "4",
        ["repetition_penalty"] = "1.5",
        ["encoder_repetition_penalty"] = "1.25",
        ["bad_words_ids"] = "[[3,20],[5]]",
        ["sequence_bias"] = "[[[3,20],5.5]]",
        ["forced_bos_token_id"] = "6",
        ["forced_eos_token_id"] = "[1,2]",
        ["suppress_tokens"] = "[448,4]",
        ["begin_suppress_tokens"] = "[5]",
        ["exponential_decay_length_penalty"] = "[100,1.1]",
        ["remove_invalid_values"] = "true",
        ["renormalize_logits"] = "true",
        ["prompt_lookup_num_tokens"] = "10",
        ["max_matching_ngram_size"] = "3",
        ["reference_drafts"] = "true",
        ["decoder_input_ids"] = "[[0,4]]",
        ["decoder_start_token_id"] = "2",
        ["eos_token_id"] = "[1]",
        ["pad_token_id"] = "3",
    };

    /// <summary>What must be asked for beside an option, so that it has a meaning.</summary>
    private static readonly Dictionary<string, string> Scopes = new()
    {
        [""] = "{}",
        ["beams"] = """{"num_beams": 3}""",
        ["sampling"] = """{"do_sample": true}""",
        ["sampling or contrastive search"] = """{"do_sample": true}""",
        ["beams or sampling"] = """{"num_beams": 3}""",
        ["greedy decoding"] = "{}",
        ["prompt look-up"] = """{"prompt_lookup_num_tokens": 5}""",
    };

    private static readonly string Help = string.Join(' ',
        Longt5.Start("generate", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    public static TheoryData<string> Names => [.. GenerationOptions.All.Select(option => option.Name)];

    [Fact]
    public void Every_property_of_the_record_is_in_the_table_and_every_row_of_the_table_is_a_property()
        => Assert.Equal(
            typeof(GenerationOptions).GetProperties().Where(property => property.SetMethod is { IsStatic: false }
                && property.Name != "EqualityContract")
                .Select(property => Snake().Replace(property.Name, "_$0").ToLowerInvariant()).Order(),
            GenerationOptions.All.Select(option => option.Name).Order());

    [Theory, MemberData(nameof(Names))]
    public void JSON_says_it_and_nothing_else_and_the_record_gives_it_back(string name)
    {
        var (option, said) = Said(name);
        Assert.Equal([option], GenerationOptions.All.Where(other => other.IsSaid(said)));
        Assert.Equal($$"""{"{{name}}":{{Values[name]}}}""", Json(said));
        Assert.Contains(name, Assert.Throws<ArgumentException>(() => Read($$"""{"{{name}}": {"x": 1} }""")).Message,
            StringComparison.Ordinal);
        Assert.Equal("", Read($$"""{"{{name}}": null}""").ToString());
    }

    [Theory, MemberData(nameof(Names))]
    public void It_is_merged_and_survives_being_resolved_wherever_it_is_said(string name)
    {
        var (option, said) = Said(name);
        var scope = Read(Scopes[option.ScopeName]);
        Assert.Equal(Json(said), Json(said.Over(new())));
        Assert.Equal(Json(said), Json(new GenerationOptions().Over(said)));
        foreach (var resolved in new[] { said.Over(scope).Resolve(),
            new GenerationOptions().Resolve(said.Over(scope)) })
            Assert.Equal(option.Said(said), option.Said(resolved));
    }

    [Theory, MemberData(nameof(Names))]
    public void Outside_its_way_of_searching_a_call_may_not_say_it_and_a_file_says_it_in_vain(string name)
    {
        var (option, said) = Said(name);
        var elsewhere = option.ScopeName == "greedy decoding" ? Read(Scopes["beams"]) : new();
        if (option.ScopeName.Length == 0)
            return;
        Assert.False(option.IsSaid(elsewhere.Resolve(said)));
        if (option.Asks(said))
            Assert.Contains(name, Assert.Throws<ArgumentException>(() => said.Over(elsewhere).Resolve()).Message,
                StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_flag_says_the_same_and_help_and_documentation_tell_of_it(string name)
    {
        var (option, said) = Said(name);
        var command = new Command("generate");
        var flags = new GenerationFlags(command);
        string[] words = option.Form switch
        {
            OptionForm.Switch => [GenerationFlags.Name(option)],
            OptionForm.Text => [GenerationFlags.Name(option), said.StopStrings![0]],
            _ => [GenerationFlags.Name(option), Values[name].Trim('"')],
        };
        var parsed = command.Parse(words);
        Assert.Empty(parsed.Errors);
        Assert.Equal(Json(said), Json(flags.Read(parsed)));
        Assert.Contains($" {GenerationFlags.Name(option)} ", Help, StringComparison.Ordinal);
        Assert.Contains(GenerationFlags.Help(option), Help, StringComparison.Ordinal);
    }

    /// <summary>The page's table is written anew where LONGT5_WRITE_DOCS is set.</summary>
    [Fact]
    public void The_page_of_options_is_what_the_table_gives()
    {
        var path = Path.Combine(Goldens.Repository, "docs", "generation.md");
        var page = File.ReadAllText(path);
        var begin = page.IndexOf("| flag |", StringComparison.Ordinal);
        var end = page.IndexOf("\n\n", begin, StringComparison.Ordinal);
        if (Environment.GetEnvironmentVariable("LONGT5_WRITE_DOCS") is { Length: > 0 })
            File.WriteAllText(path, page = page[..begin] + Table() + page[end..]);
        else
            Assert.Equal(Table(), page[begin..end]);
    }

    private static string Table()
    {
        var table = new StringBuilder("| flag | value | default | what it does |\n|---|---|---|---|");
        foreach (var option in GenerationOptions.All)
            table.Append($"\n| `{GenerationFlags.Name(option)}` | {option.Wanted} | {option.Default} | "
                + $"{GenerationFlags.Help(option)} |");
        return table.ToString();
    }

    private static (GenerationOption Option, GenerationOptions Said) Said(string name)
        => (GenerationOptions.All.Single(option => option.Name == name), Read($$"""{"{{name}}": {{Values[name]}}}"""));

    private static GenerationOptions Read(string json)
        => GenerationOptions.FromJson(JsonDocument.Parse(json).RootElement);

    private static string Json(GenerationOptions options)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            writer.WriteStartObject();
            options.Write(writer);
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Snake();
}
