using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Model;

/// <summary>Adapters beside the weights of a base.</summary>
public sealed class AdapterTests : IDisposable
{
    private const string Missing = "LONGT5_GOLDENS names the recorded results.";
    private static readonly int[][] s_inputs = [[5, 9, 4, 30, 1], [.. Enumerable.Range(3, 60)], [7, 1],
        [.. Enumerable.Range(20, 33)]];
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-adapters-").FullName;

    public static bool Here => Goldens.Whole;

    public static TheoryData<string> Recorded()
        => Here
            ? [.. Goldens.Folders("adapters")
                .Where(name => File.Exists(Goldens.Path("adapters", name, "adapter_config.json")))] : [""];

    public static TheoryData<string> Kinds() => [.. RandomAdapter.Kinds];

    public static TheoryData<string> Mergeable(
        ) => [.. RandomAdapter.Kinds.Where(kind => kind is not ("houlsby" or "pfeiffer"))];

    [Theory(Skip = Missing, SkipUnless = nameof(Here)), MemberData(nameof(Recorded))]
    public void An_adapter_gives_the_references_logits(string name)
    {
        using var expected = Safetensors.Open(Goldens.Path("adapters", "expected.safetensors"));
        using var own = File.Exists(Goldens.Path("adapters", name, "cases.safetensors"))
            ? Safetensors.Open(Goldens.Path("adapters", name, "cases.safetensors")) : null;
        using var checkpoint = Checkpoint.Open(Goldens.Path("adapters", "base"));
        using var adapter = Adapter.Open(Goldens.Path("adapters", name));
        using var bare = Network.Load(checkpoint, Workers.Shared);
        using var network = bare.WithAdapter(adapter);
        var wanted = own?.Tensors["logits"] ?? expected.Tensors[$"logits.{name}"];
        GoldenModelTests.Agrees(wanted.ToArray(), Forced(network, expected), name);
        GoldenModelTests.Agrees(expected.Tensors["logits.base"].ToArray(), Forced(bare, expected), "the base beneath");
        if (adapter.Config.Kind == AdapterKind.Bottleneck)
            return;
        using var merged = Network.Load(checkpoint.Config, checkpoint.Merge(adapter).Tensors, Workers.Shared);
        GoldenModelTests.Agrees(wanted.ToArray(), Forced(merged, expected), $"{name}, merged");
    }

    [Theory, MemberData(nameof(Mergeable))]
    public void Merged_and_beside_the_weights_are_the_same(string kind)
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        using var adapted = model.WithAdapter(RandomAdapter.Write(Path.Combine(_folder, kind), model.Config, kind, 1));
        adapted.Save(Path.Combine(_folder, "merged"));
        using var merged = LongT5Model.Load(Path.Combine(_folder, "merged"));
        var beside = Logits(adapted.Engine, s_inputs[1]);
        GoldenModelTests.Agrees(beside, Logits(merged.Engine, s_inputs[1]), kind);
        Assert.NotEqual(beside, Logits(model.Engine, s_inputs[1]));
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Beside_int8_weights_an_adapter_does_nearly_what_it_does_beside_exact_ones(string kind)
    {
        using var exact = LongT5Model.Load(TinyModel.Folder);
        exact.Save(Path.Combine(_folder, "int8"), ElementType.I8);
        using var rounded = LongT5Model.Load(Path.Combine(_folder, "int8"));
        var adapter = RandomAdapter.Write(Path.Combine(_folder, kind), exact.Config, kind, 1);
        using var besideExact = exact.WithAdapter(adapter);
        using var besideRounded = rounded.WithAdapter(adapter);
        var (bare, wanted, found) = (Logits(exact.Engine, s_inputs[1]), Logits(besideExact.Engine, s_inputs[1]),
            Logits(besideRounded.Engine, s_inputs[1]));
        Assert.True(Distance(found, wanted) < 0.1 * Distance(bare, wanted),
            $"{Distance(found, wanted)} beside int8, {Distance(bare, wanted)} without the adapter");

        static double Distance(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => Math.Pow(x - y, 2)).Sum());
    }

    [Fact]
    public void An_adapter_is_not_merged_into_int8_weights()
    {
        var folder = Path.Combine(_folder, "int8");
        using (var model = LongT5Model.Load(TinyModel.Folder))
            model.Save(folder, ElementType.I8);
        using var checkpoint = Checkpoint.Open(folder);
        using var adapter = Adapter.Open(RandomAdapter.Write(_folder, checkpoint.Config, "lora", 1));
        Assert.Contains("merge into the checkpoint that it was made from",
            Assert.Throws<NotSupportedException>(() => checkpoint.Merge(adapter)).Message, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_batch_may_mix_adapters_and_each_text_has_the_bits_it_has_alone(string kind)
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        using var one = model.WithAdapter(RandomAdapter.Write(Path.Combine(_folder, kind), model.Config, kind, 1));
        using var other = one.WithAdapter(RandomAdapter.Write(Path.Combine(_folder, "other"), model.Config, "lora", 2));
        Engine[] engines = [one.Engine, model.Engine, other.Engine, one.Engine];

        var encoded = s_inputs.Select((ids, i) => engines[i].Encode(ids)).ToArray();
        using var mixed = model.Engine.StartDecoding(encoded);
        const int Steps = 5;
        int[] parents = [.. s_inputs.Select((_, i) => DecoderSession.Root(i))];
        for (var step = 0; step < Steps; step++)
        {
            var logits = new float[s_inputs.Length * model.Config.VocabSize];
            var first = mixed.Extend(parents, [3 + step, 4 + step, 5 + step, 6 + step], logits);
            parents = [.. Enumerable.Range(first, s_inputs.Length)];
            if (step == 2)
                mixed.Keep(parents);
            for (var i = 0; step == Steps - 1 && i < s_inputs.Length; i++)
            {
                var alone = Logits(engines[i], s_inputs[i], [.. Enumerable.Range(3 + i, Steps)]);
                Assert.Equal(alone.AsSpan((Steps - 1) * model.Config.VocabSize),
                    logits.AsSpan(i * model.Config.VocabSize, model.Config.VocabSize));
            }
        }
        foreach (var input in encoded)
            input.Dispose();
    }

    [Fact]
    public void A_mixed_call_that_fails_leaves_the_session_as_it_was()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        using var adapted = model.WithAdapter(RandomAdapter.Write(Path.Combine(_folder, "lora"), model.Config,
            "lora", 1));
        using EncodedInput mine = model.Engine.Encode(s_inputs[0]), theirs = adapted.Engine.Encode(s_inputs[1]);
        using var session = model.Engine.StartDecoding([mine, theirs]);
        Assert.Equal(0, session.Extend([DecoderSession.Root(0), DecoderSession.Root(1)], [3, 4], []));
        var beyond = model.Config.VocabSize;
        Assert.Throws<ArgumentOutOfRangeException>(() => { session.Extend([0, 1], [5, beyond], []); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { session.Extend([0, 7], [5, 6], []); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { session.Extend([DecoderSession.Root(2)], [5], []); });
        Assert.Throws<ArgumentException>(() => { session.Extend([0], [5], new float[1]); });
        Assert.Throws<ArgumentException>(() => { session.Extend([0], [5], new float[beyond], new float[1]); });
        Assert.Throws<ArgumentException>(() => session.Keep([2]));
        Assert.Equal(2, session.Extend([1, 0], [5, 6], []));
    }

    [Fact]
    public void A_mixed_session_tells_where_each_row_looked()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        using var adapted = model.WithAdapter(RandomAdapter.Write(Path.Combine(_folder, "lora"), model.Config,
            "lora", 1));
        using EncodedInput mine = model.Engine.Encode(s_inputs[0]), theirs = adapted.Engine.Encode(s_inputs[1]);
        using var session = model.Engine.StartDecoding([mine, theirs]);
        var (heads, vocabulary) = (model.Config.NumHeads, model.Config.VocabSize);
        var looks = new float[heads * (mine.Length + theirs.Length)];
        session.Extend([DecoderSession.Root(1), DecoderSession.Root(0)], [3, 4], new float[2 * vocabulary], looks);

        using var alone = adapted.Engine.StartDecoding([theirs]);
        var expected = new float[heads * theirs.Length];
        alone.Extend([DecoderSession.Root(0)], [3], new float[vocabulary], expected);
        Assert.Equal(expected, looks[..expected.Length]);
    }

    [Fact]
    public void Texts_of_several_adapters_are_written_together()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        using var adapted = model.WithAdapter(
            RandomAdapter.Write(Path.Combine(_folder, "ia3"), model.Config, "ia3", 1));
        (LongT5Model, string)[] texts = [(adapted, "the art of war"), (model, "the art of war"),
            (adapted, "a matter of life and death")];
        var together = LongT5Model.GenerateAll(texts);
        foreach (var ((one, text), written) in texts.Zip(together))
            Assert.Equal(one.Generate(text)[0].Text, written[0].Text);
        Assert.NotEqual(together[0][0].Text, together[1][0].Text);
    }

    [Fact]
    public void A_base_that_is_disposed_stays_until_its_adapters_are()
    {
        var model = LongT5Model.Load(TinyModel.Folder);
        using var adapted = model.WithAdapter(RandomAdapter.Write(Path.Combine(_folder, "dora"), model.Config,
            "dora", 1));
        var before = Logits(adapted.Engine, s_inputs[0]);
        model.Dispose();
        Assert.Equal(before, Logits(adapted.Engine, s_inputs[0]));
        Assert.Equal(adapted.Generate("the art of war")[0].Text, adapted.Generate("the art of war")[0].Text);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static float[] Forced(Network network, Safetensors cases)
    {
        int rows = (int)cases.Tensors["input_ids"].Shape[0], length = (int)cases.Tensors["input_ids"].Shape[1];
        var steps = (int)cases.Tensors["decoder_input_ids"].Shape[1];
        return [.. Enumerable.Range(0, rows).SelectMany(row => Logits(network,
            cases.Tensors["input_ids"].ToIntegers((long)row * length, length),
            cases.Tensors["decoder_input_ids"].ToIntegers((long)row * steps, steps)))];
    }

    private static float[] Logits(Engine engine, int[] ids, int[]? fed = null)
    {
        fed ??= [0, 5, 6, 7];
        using var encoded = engine.Encode(ids);
        using var session = engine.StartDecoding([encoded]);
        var logits = new float[fed.Length * engine.Config.VocabSize];
        session.Extend([.. fed.Select((_, i) => i == 0 ? DecoderSession.Root(0) : i - 1)], fed, logits);
        return logits;
    }
}
