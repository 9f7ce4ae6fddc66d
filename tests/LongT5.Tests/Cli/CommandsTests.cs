using System.Text;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Cli;

public class CommandsTests
{
    private static readonly string Model = TinyModel.Folder;

    private static Run Good(params string[] arguments) => Good(Longt5.Start(arguments));

    private static Run Good(Run run)
    {
        Assert.Equal("", run.Errors);
        Assert.Equal(0, run.ExitCode);
        return run;
    }

    private static JsonElement Object(string line) => JsonDocument.Parse(line).RootElement;

    [Fact]
    public void Version_and_help_go_to_stdout_and_help_has_examples()
    {
        Assert.StartsWith("longt5 ", Good("--version").Output);
        var commands = Good("--help").Output;
        foreach (var command in new[] { "summarize", "answer", "generate", "tokenize", "inspect", "convert", "forward",
            "search", "embed", "bench", "doctor", "completion" })
        {
            Assert.Contains($"\n  {command} ", commands);
            var help = Good(command, "--help").Output;
            Assert.Contains("Examples:\n", help);
            Assert.Contains($"longt5 {command}", help);
            Assert.DoesNotContain("LongT5.Cli", help);
        }
        Assert.Contains("short (at most 64 tokens), medium (192) or long (512)",
            string.Join(' ',
                Good("summarize", "--help").Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void A_shell_is_told_what_may_come_next()
    {
        Assert.Equal("summarize\n", Good("[suggest:10]", "longt5 summ").Output);
        Assert.Contains("--num-beams\n", Good("[suggest:23]", "longt5 summarize --num-b").Output);
        foreach (var shell in new[] { "bash", "zsh", "fish", "powershell" })
            Assert.Contains("[suggest:", Good("completion", shell).Output);
    }

    [Fact]
    public void Summarize_reads_stdin_and_files_and_writes_json()
    {
        using var scratch = new Scratch();
        var text = "The art of war is of vital importance. It is a matter of life and death.";
        var cut = Longt5.Start(Encoding.UTF8.GetBytes(text), "summarize", "-m", Model, "--max-new-tokens", "12");
        Assert.Contains("the summary reached its limit, after 12 tokens", cut.Errors);
        var plain = Good(Longt5.Start(Encoding.UTF8.GetBytes(text), "summarize", "-m", Model, "--max-new-tokens", "12",
            "--cut-anywhere")).Output;
        var json = Object(Good("summarize", scratch.Write("a.txt", text), "-m", Model, "--max-new-tokens", "12",
            "--cut-anywhere", "--json").Output);
        Assert.Equal(plain.TrimEnd('\n'), json.GetProperty("summary").GetString());
        Assert.Equal(12, json.GetProperty("tokens_out").GetInt32());
        Assert.True(json.GetProperty("output_cut").GetBoolean());
        Assert.False(json.GetProperty("input_cut").GetBoolean());
        Assert.Equal(plain, Good("summarize", scratch["a.txt"], "-m", Model, "--max-new-tokens", "12", "--cut-anywhere",
            "--stream").Output);
        Good("summarize", scratch["a.txt"], "-m", Model, "--max-new-tokens", "12", "--cut-anywhere", "-o",
            scratch["out.txt"]);
        Assert.Equal(plain, File.ReadAllText(scratch["out.txt"]));
    }

    [Fact]
    public void Verbatim_takes_a_file_behind_it_for_a_file()
    {
        using var scratch = new Scratch();
        var text = scratch.Write("a.txt", "The art of war is of vital importance. It is a matter of life and death.");
        var summary = Good("summarize", "--max-new-tokens", "40", "-m", Model, "--verbatim", text).Output.Trim();
        Assert.Contains(summary, new[]
        {
            "The art of war is of vital importance.", "It is a matter of life and death.",
            "The art of war is of vital importance. It is a matter of life and death.",
            "It is a matter of life and death. The art of war is of vital importance.",
        });
        Assert.Equal(summary, Good("summarize", text, "--max-new-tokens", "40", "-m", Model, "--verbatim",
            "any-order").Output.Trim());
        Assert.Equal(2, Longt5.Start("summarize", text, "-m", Model, "--verbatim", "--no-verbatim").ExitCode);
    }

    [Fact]
    public void Evidence_is_footnotes_in_text_and_a_member_in_json_with_section_and_page()
    {
        using var scratch = new Scratch();
        var text = scratch.Write("a.md", "# On war\n\nThe art of war is vital. It is a matter of life.");
        Assert.Equal("""
            On war [1]

            The art of war is vital. [2] It is a matter of life. [3]

            [1] “On war” (On war)
            [2] “The art of war is vital.” (On war)
            [3] “It is a matter of life.” (On war)

            """, Longt5.Start("summarize", "--evidence", text).Output);
        var json = Object(Longt5.Start("summarize", text, "--evidence", "causal", "--json").Output);
        var passage = json.GetProperty("evidence")[1][0];
        Assert.Equal("The art of war is vital.", passage.GetProperty("text").GetString());
        Assert.Equal("On war", passage.GetProperty("section").GetString());
        Assert.Equal(8, passage.GetProperty("start").GetInt32());
        Assert.False(Object(Longt5.Start("summarize", text, "--json").Output).TryGetProperty("evidence", out _));
        Assert.Equal(2, Longt5.Start("summarize", text, "--evidence", "--stream").ExitCode);
    }

    [Fact]
    public void A_text_without_a_word_is_nothing_to_read_as_an_empty_one_is()
    {
        using var scratch = new Scratch();
        foreach (var text in new[] { "", " \n", "\u200b\u200b", "1\n\n- 2 -\n\nPage 3 of 7", "\U0001f600 \U0001f389",
            "... !!! ---" })
        {
            var run = Longt5.Start("summarize", scratch.Write("a.txt", text), "-m", Model);
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("there is nothing to read in it", run.Errors);
        }
    }

    [Fact]
    public void Bench_measures_each_length_it_is_asked_for()
    {
        var asked = new[] { "bench", "-m", Model, "--lengths", "64", "9", "--max-new-tokens", "3", "--num-beams", "2",
            "--dtype", "bf16" };
        var table = Good(asked).Output;
        Assert.Contains("GF/s of multiply-adds", table);
        Assert.Contains("GB/s read from memory", table);
        var json = Object(Good([.. asked, "--json"]).Output);
        Assert.Equal([9, 64], json.GetProperty("read").EnumerateArray()
            .Select(row => row.GetProperty("tokens").GetInt32()));
        Assert.Equal([(9, 1), (9, 2), (64, 1), (64, 2)],
            json.GetProperty("write").EnumerateArray()
                .Select(row => (row.GetProperty("after").GetInt32(), row.GetProperty("beams").GetInt32())));
        Assert.All(json.GetProperty("write").EnumerateArray(),
            row => Assert.True(row.GetProperty("seconds").GetDouble() > 0));
        Assert.True(json.GetProperty("peak_flops").GetDouble() > 1e9);
    }

    [Fact]
    public void Weights_of_another_type_are_a_flag_away()
    {
        var exact = Good("generate", "The art of war.", "-m", Model, "--max-new-tokens", "8").Output;
        Assert.Equal(exact, Good("generate", "The art of war.", "-m", Model, "--max-new-tokens", "8", "--dtype",
            "f32").Output);
        foreach (var type in new[] { "bf16", "f16", "int8" })
            Assert.NotEqual("", Good("generate", "The art of war.", "-m", Model, "--max-new-tokens", "8", "--dtype",
                type).Output.Trim());
    }

    [Fact]
    public void A_cut_input_is_said_on_stderr_and_in_json()
    {
        using var scratch = new Scratch();
        var text = scratch.Write("a.txt", string.Concat(Enumerable.Repeat("It is a matter of life and death. ", 50)));
        var run = Longt5.Start("summarize", text, "-m", Model, "--max-new-tokens", "4", "--json", "--max-input", "100",
            "--long", "cut");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("warning: ", run.Errors);
        Assert.True(Object(run.Output).GetProperty("input_cut").GetBoolean());
        Assert.InRange(Object(run.Output).GetProperty("tokens_in").GetInt32(), 80, 100);
    }

    [Fact]
    public void Answering_without_naming_a_model_warns_that_the_embedded_one_was_not_trained_for_it()
    {
        using var scratch = new Scratch();
        string[] answer = ["answer", "-q", "What is it?", scratch.Write("a.txt", "The art of war."), "--max-new-tokens",
            "2", "--min-new-tokens", "1"];
        Assert.Contains("not trained to answer", Longt5.Start(answer).Errors);
        Assert.DoesNotContain("not trained to answer", Longt5.Start([.. answer, "-m", Model]).Errors);
    }

    [Fact]
    public void Answer_and_generate_give_the_same_for_the_same_prompt()
    {
        using var scratch = new Scratch();
        var context = scratch.Write("a.txt", "The art of war.");
        var answer = Good("answer", "-q", "What is it?", context, "-m", Model, "--max-new-tokens", "9").Output;
        Assert.Equal(answer, Good("generate", "question: What is it? context: The art of war.", "-m", Model,
            "--max-new-tokens", "9").Output);
        Assert.Equal(answer,
            Good("generate", "-f", scratch.Write("p.txt", "question: What is it? context: The art of war."), "-m",
                Model, "--options",
            scratch.Write("o.json", """{"max_new_tokens": 9}""")).Output);
        Assert.Equal(3, Good("generate", "Words.", "-m", Model, "--num-beams", "3", "--num-return-sequences", "3",
            "--max-new-tokens", "5").Output.TrimEnd('\n').Split('\n').Length);
    }

    [Fact]
    public void Generate_takes_ids_and_gives_sequences_and_scores()
    {
        using var scratch = new Scratch();
        var run = Good("generate", "-m", Model, "--ids", scratch.Write("in.json", "[[5, 6, 1], [7, 1]]"), "--json",
            "--options",
            scratch.Write("o.json", """{"num_beams": 2, "num_return_sequences": 2, "max_new_tokens": 6}"""));
        var sequences = Object(run.Output).GetProperty("sequences").EnumerateArray()
            .Select(row => row.EnumerateArray().Select(id => id.GetInt32()).ToArray()).ToArray();
        Assert.Equal(4, sequences.Length);
        Assert.All(sequences, sequence => Assert.Equal(0, sequence[0]));
        using var model = LongT5Model.Load(Model);
        var expected = model.Generate([[5, 6, 1], [7, 1]],
            new() { NumBeams = 2, NumReturnSequences = 2, MaxNewTokens = 6 });
        Assert.Equal(expected.Select(one => one.Ids),
            sequences.Select((sequence, i) => sequence[..expected[i].Ids.Length]));
        Assert.Equal(expected.Select(one => one.Score), Object(run.Output).GetProperty("sequences_scores")
            .EnumerateArray().Select(score => score.GetSingle()));
    }

    [Fact]
    public void Tokenize_goes_both_ways_with_offsets_in_characters()
    {
        var run = Good(Longt5.Start("""{"text": "the 𝄞 war"}"""u8.ToArray(), "tokenize", "--jsonl", "--json", "-m",
            Path.Combine(Model, "spiece.model")));
        var ids = Object(run.Output).GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
        using var model = LongT5Model.Load(Model);
        Assert.Equal(model.Tokenizer.Encode("the 𝄞 war"), ids);
        var ends = Object(run.Output).GetProperty("offsets").EnumerateArray().Select(pair => pair[1].GetInt32())
            .ToArray();
        Assert.Equal(9, ends[^2]);
        Assert.Equal("the war\n", Good(Longt5.Start("4 13 1"u8.ToArray(), "tokenize", "--decode", "-m", Model)).Output);
        Assert.Equal("""{"text":"the war"}""" + "\n",
            Good(Longt5.Start("""{"ids": [4, 13, 1]}"""u8.ToArray(), "tokenize", "--decode", "--jsonl", "--json", "-m",
                Model)).Output);
    }

    [Fact]
    public void Tokenize_takes_lone_surrogates_as_other_programs_write_them()
        => Assert.Equal("4 2 1\n",
            Good(Longt5.Start("""{"text": "the \ud800"}"""u8.ToArray(), "tokenize", "--jsonl", "-m",
                Model)).Output.Replace("4 3 2", "4 2", StringComparison.Ordinal));

    [Fact]
    public void Forward_gives_the_recorded_logits()
    {
        using var scratch = new Scratch();
        var folder = Goldens.Path("formats");
        using var expected = Safetensors.Open(Path.Combine(folder, "expected.safetensors"));
        SafetensorsWriter.Write(scratch["in.safetensors"], new[] { "input_ids", "decoder_input_ids" }.Select(name =>
        {
            var ids = expected.Tensors[name];
            return OutgoingTensor.Of(name, ids.Shape, ids.ToIntegers(0, (int)ids.Count));
        }));
        Good("forward", "-m", Path.Combine(folder, "safetensors"), "--ids", scratch["in.safetensors"], "-o",
            scratch["out.safetensors"], "--hidden-states", "--cross-attention");
        using var given = Safetensors.Open(scratch["out.safetensors"]);
        var (logits, wanted) = (given.Tensors["logits"].ToArray(), expected.Tensors["logits.full"].ToArray());
        Assert.Equal(wanted.Length, logits.Length);
        Assert.True(wanted.Zip(logits, (a, b) => Math.Abs(a - b)).Max() <= 5e-5 * Math.Max(1, wanted.Max(Math.Abs)));
        Assert.Equal(given.Tensors["last_hidden_state"].ToArray(), given.Tensors["hidden_states.2"].ToArray());
        var attention = given.Tensors["cross_attention"];
        Assert.Equal(attention.Count / attention.Shape[^1], attention.ToArray().Sum(), 0.01);
        Assert.Contains("exists already", Longt5.Start("forward", "-m", Model, "--ids", scratch["in.safetensors"], "-o",
            scratch["out.safetensors"]).Errors);
    }

    [Fact]
    public void Forward_takes_right_padding_and_nothing_else()
    {
        using var scratch = new Scratch();
        void Write(int[] mask) => SafetensorsWriter.Write(scratch["in.safetensors"],
            [OutgoingTensor.Of("input_ids", [2, 3], new[] { 5, 6, 1, 7, 1, 0 }),
                OutgoingTensor.Of("attention_mask", [2, 3], mask)]);
        Write([1, 1, 1, 1, 1, 0]);
        Good("forward", "-m", Model, "--ids", scratch["in.safetensors"], "-o", scratch["out.safetensors"]);
        using (var padded = Safetensors.Open(scratch["out.safetensors"]))
            Assert.All(padded.Tensors["last_hidden_state"].ToArray()[^32..], value => Assert.Equal(0, value));
        foreach (var mask in new int[][] { [1, 1, 1, 0, 1, 1], [1, 1, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0] })
        {
            Write(mask);
            var run = Longt5.Start("forward", "-m", Model, "--ids", scratch["in.safetensors"], "-o",
                scratch["out.safetensors"], "--force");
            Assert.Equal(1, run.ExitCode);
            Assert.Contains("row 1 of attention_mask", run.Errors);
        }
    }

    [Fact]
    public void Inspect_tells_and_verifies_and_convert_writes_what_inspect_reads()
    {
        using var scratch = new Scratch();
        var lines = Good("inspect", Model, "--verify", "--tensors").Output;
        Assert.Contains("transient-global", lines);
        Assert.Contains("nothing is wrong", lines);
        Assert.Contains("shared.weight  f32  [", lines);
        Good("convert", Model, scratch["small"], "--dtype", "bf16", "--max-shard-size", "20KB");
        var json = Object(Good("inspect", scratch["small"], "--json").Output);
        Assert.Equal("bf16", json.GetProperty("parameters_by_type").EnumerateObject().Single().Name);
        Assert.True(Directory.GetFiles(scratch["small"], "model-*.safetensors").Length > 1);

        var weights = Path.Combine(TinyModel.Write(scratch["nan"]), "model.safetensors");
        var bytes = File.ReadAllBytes(weights);
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.Length - 4), float.NaN);
        File.WriteAllBytes(weights, bytes);
        var broken = Longt5.Start("inspect", scratch["nan"], "--verify");
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("problem:", broken.Output);
    }

    [Fact]
    public void Doctor_says_what_the_machine_offers()
    {
        var json = Object(Good("doctor", "--json").Output);
        foreach (var name in new[] { "processors", "memory", "embedded_model", "training" })
            Assert.NotEqual("", json.GetProperty(name).GetString());
    }

    [Fact]
    public void Keys_of_JSON_have_no_blanks()
    {
        using var scratch = new Scratch();
        var text = scratch.Write("a.txt", "The art of war.");
        var predictions = scratch.Write("p.txt", "One.\n");
        string[][] calls =
        [
            ["doctor", "--json"], ["inspect", Model, "--json", "--verify", "--tensors"],
            ["tokenize", text, "--json", "-m", Model],
            ["summarize", text, "--json", "-m", Model, "--max-new-tokens", "4"], ["text", text, "--json"],
            ["rouge", predictions, predictions, "--json"],
            ["bench", "-m", Model, "--lengths", "9", "--max-new-tokens", "2", "--num-beams", "2", "--json"],
        ];
        foreach (var call in calls)
            Assert.All(Keys(Object(Longt5.Start(call).Output)), key => Assert.Matches("^[\\w.]+$", key));

        static IEnumerable<string> Keys(JsonElement json) => json.ValueKind switch
        {
            JsonValueKind.Object => json.EnumerateObject()
                .SelectMany(member => Keys(member.Value).Prepend(member.Name)),
            JsonValueKind.Array => json.EnumerateArray().SelectMany(Keys),
            _ => [],
        };
    }
}
