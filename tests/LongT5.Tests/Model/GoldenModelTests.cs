using System.Runtime.InteropServices;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Model;

/// <summary>The network computes what the reference computed, for every recorded variant.</summary>
public sealed class GoldenModelTests
{
    public static TheoryData<string> Variants => [.. Goldens.Folders("models")];

    [Theory, MemberData(nameof(Variants))]
    public void The_encoder_agrees_at_every_length(string variant)
    {
        using var model = new Recorded(variant);
        foreach (var name in model.Names("encoder.", ".input_ids"))
        {
            using var encoded = model.Network.Encode(model.Ids($"{name}.input_ids"));
            Agrees(model.Floats($"{name}.last_hidden_state"), encoded.States, $"{variant}/{name}");
        }
    }

    [Theory, MemberData(nameof(Variants))]
    public void Every_layer_agrees(string variant)
    {
        using var model = new Recorded(variant);
        var seen = 0;
        using var encoded = model.Network.Encode(model.Ids("layers.input_ids"), observer: (layer, states) =>
        {
            Assert.Equal(seen++, layer);
            Agrees(model.Floats($"layers.hidden_state.{layer}"), states, $"{variant}/layer {layer}");
        });
        Assert.Equal(model.Network.Config.NumLayers + 1, seen);
    }

    [Theory, MemberData(nameof(Variants))]
    public void A_ragged_batch_agrees_with_the_padded_one(string variant)
    {
        using var model = new Recorded(variant);
        var network = model.Network;
        var (rows, padded, targets) = (model.Shape("batch.input_ids")[0], model.Shape("batch.input_ids")[1],
            model.Shape("batch.labels")[1]);
        var (ids, mask) = (model.Ids("batch.input_ids"), model.Ids("batch.attention_mask"));
        var inputs = Enumerable.Range(0, rows)
            .Select(row => ids.AsSpan(row * padded, mask.AsSpan(row * padded, padded).Count(1)).ToArray()).ToArray();
        var encoded = network.EncodeBatch(inputs);
        var hidden = model.Floats("batch.encoder_last_hidden_state");
        for (var row = 0; row < rows; row++)
        {
            Agrees(hidden.AsSpan(row * padded * network.Config.DModel, encoded[row].States.Length).ToArray(),
                encoded[row].States, $"{variant}/batch row {row}");
        }

        using var session = network.StartDecoding(encoded);
        var (fed, labels) = (model.Ids("batch.decoder_input_ids"), model.Ids("batch.labels"));
        var parents = Enumerable.Range(0, rows * targets)
            .Select(i => i % targets == 0 ? DecoderSession.Root(i / targets) : i - 1).ToArray();
        var logits = new float[fed.Length * network.Config.VocabSize];
        session.Extend(parents, fed, logits);
        Agrees(model.Floats("batch.logits"), logits, $"{variant}/batch logits");
        Agrees(model.Floats("batch.loss"), [Loss(logits, labels, network.Config.VocabSize)], $"{variant}/batch loss");
    }

    [Theory, MemberData(nameof(Variants))]
    public void Three_hundred_forced_positions_agree_and_look_where_they_should(string variant)
    {
        using var model = new Recorded(variant);
        var (network, vocabulary) = (model.Network, model.Network.Config.VocabSize);
        var (ids, fed, positions) = (model.Ids("forced.input_ids"), model.Ids("forced.decoder_input_ids"),
            model.Ids("forced.positions"));
        using var encoded = network.Encode(ids);
        using var session = network.StartDecoding([encoded]);
        var parents = Enumerable.Range(0, fed.Length).Select(i => i == 0 ? DecoderSession.Root(0) : i - 1).ToArray();
        var logits = new float[fed.Length * vocabulary];
        var looks = network.Config.NumHeads * ids.Length;
        var cross = new float[fed.Length * looks];
        session.Extend(parents, fed, logits, cross);

        Agrees(model.Floats("forced.logits"),
            positions.SelectMany(p => logits.Skip(p * vocabulary).Take(vocabulary)).ToArray(),
            $"{variant}/forced logits");
        var expected = model.Floats("forced.cross_attention.last_layer");            // [1, H, positions, L]
        var actual = new float[expected.Length];
        for (var head = 0; head < network.Config.NumHeads; head++)
        {
            for (var i = 0; i < positions.Length; i++)
            {
                cross.AsSpan(positions[i] * looks + head * ids.Length, ids.Length)
                    .CopyTo(actual.AsSpan((head * positions.Length + i) * ids.Length));
            }
        }
        Agrees(expected, actual, $"{variant}/cross attention");
    }

    private static float Loss(float[] logits, int[] labels, int vocabulary)
    {
        var (sum, count) = (0.0, 0);
        for (var i = 0; i < labels.Length; i++)
        {
            if (labels[i] == -100)
                continue;
            var row = logits.AsSpan(i * vocabulary, vocabulary);
            var total = 0.0;
            foreach (var logit in row)
                total += Math.Exp(logit);
            sum += Math.Log(total) - row[labels[i]];
            count++;
        }
        return (float)(sum / count);
    }

    internal static void Agrees(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        var (largest, difference) = (1f, 0f);
        for (var i = 0; i < expected.Length; i++)
        {
            largest = MathF.Max(largest, MathF.Abs(expected[i]));
            difference = MathF.Max(difference, MathF.Abs(expected[i] - actual[i]));
            Assert.False(float.IsNaN(actual[i]), $"{what}: NaN at {i}.");
        }
        Assert.True(difference <= 5e-5f * largest,
            $"{what}: {difference / largest:E2} of the largest value, 5e-5 is allowed.");
    }

    private sealed class Recorded : IDisposable
    {
        private readonly Checkpoint _checkpoint;
        private readonly Safetensors _cases;

        public Recorded(string variant)
        {
            _checkpoint = Checkpoint.Open(Goldens.Path("models", variant));
            _cases = Safetensors.Open(Goldens.Path("models", variant, "cases.safetensors"));
            Network = Network.Load(_checkpoint, Workers.Shared);
        }

        public Network Network { get; }

        public string[] Names(string start, string end) => [.. _cases.Tensors.Keys
            .Where(name => name.StartsWith(start, StringComparison.Ordinal)
                && name.EndsWith(end, StringComparison.Ordinal))
            .Select(name => name[..^end.Length])];

        public int[] Ids(string name) => MemoryMarshal.Cast<byte, int>(_cases.Tensors[name].Bytes()).ToArray();

        public float[] Floats(string name) => MemoryMarshal.Cast<byte, float>(_cases.Tensors[name].Bytes()).ToArray();

        public int[] Shape(string name) => [.. _cases.Tensors[name].Shape.Select(extent => (int)extent)];

        public void Dispose()
        {
            Network.Dispose();
            _cases.Dispose();
            _checkpoint.Dispose();
        }
    }
}
