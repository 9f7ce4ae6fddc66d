// Shapes: B inputs, L padded length, C model width, T forced tokens, V vocabulary, H heads.

using LongT5.Cli.Input;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Model;

namespace LongT5.Cli.Output;

/// <summary>One pass of a batch through a network, as tensors to be written.</summary>
sealed class ForwardPass(Engine engine, ForwardBatch batch, bool wantsStates, bool wantsAttention)
{
    private readonly LongT5Config _config = engine.Config;

    /// <summary>The tensors: states, and logits where there is something to decode.</summary>
    public IReadOnlyList<OutgoingTensor> Run(CancellationToken cancellation)
    {
        if (batch.DecoderInputs is not null && engine.HasDecoder && !engine.Head.WritesText())
            throw new Failure(
                "decoder_input_ids are given, but the head of this model scores the input itself; leave them out.");
        if (batch.DecoderInputs is null && wantsAttention)
            throw Failure.Usage("--cross-attention needs decoder_input_ids among the ids.");
        var layers = Enumerable.Range(0, wantsStates ? _config.NumLayers + 1 : 0).Select(_ => Padded(batch.Length))
            .ToArray();
        var length = _config.EncodedTokens(batch.Length);
        // [B, L, C], of pooled states fewer
        var states = Padded(length);
        var decoded = batch.DecoderInputs is { } forced
            ? new Decoded(_config, batch, forced[0].Length, wantsAttention) : null;
        for (var i = 0; i < batch.Inputs.Length; i++)
        {
            var row = i;
            using var encoded = engine.Encode(batch.Inputs[i], null,
                wantsStates ? (layer, values) => values.CopyTo(At(layers[layer], row, batch.Length)) : null,
                cancellation);
            encoded.States.CopyTo(At(states, i, length));
            if (decoded is null)
                continue;
            using var session = engine.StartDecoding([encoded], cancellation);
            decoded.Force(session, i, cancellation);
        }

        long[] shape = [batch.Inputs.Length, batch.Length, _config.DModel];
        return
        [
            OutgoingTensor.Of("last_hidden_state", [batch.Inputs.Length, length, _config.DModel], states),
            .. layers.Select((layer, i) => OutgoingTensor.Of($"hidden_states.{i}", shape, layer)),
            .. decoded?.Tensors() ?? [],
            .. engine.Head.GivesLabels() ? Scores(cancellation) : [],
        ];
    }

    /// <summary>
    /// The logits of a head of labels: [B, labels] of sequences, else [B, L,
    /// labels]; of tokens, rows at padding are zero.
    /// </summary>
    private IEnumerable<OutgoingTensor> Scores(CancellationToken cancellation)
    {
        var labels = _config.Labels.Count;
        var rows = engine.Head == ModelHead.Sequence ? 1 : batch.Length;
        var logits = new float[checked(batch.Inputs.Length * rows * labels)];
        for (var i = 0; i < batch.Inputs.Length; i++)
        {
            // The reference's decoder reads the padding of spans too, and gives it scores.
            var read = engine.Head == ModelHead.Spans ? batch.Padded[i] : null;
            engine.Score(batch.Inputs[i], read, cancellation).CopyTo(logits, i * rows * labels);
        }
        long[] shape = engine.Head == ModelHead.Sequence
            ? [batch.Inputs.Length, labels] : [batch.Inputs.Length, rows, labels];
        yield return OutgoingTensor.Of("logits", shape, logits);
    }

    private float[] Padded(int length) => new float[checked(batch.Inputs.Length * length * _config.DModel)];

    private Span<float> At(float[] padded, int input, int length) => padded.AsSpan(input * length * _config.DModel);

    /// <summary>What the decoder gives for forced tokens.</summary>
    private sealed class Decoded(LongT5Config config, ForwardBatch batch, int length, bool wantsAttention)
    {
        // [B, T, V]
        private readonly float[] _logits = new float[checked(batch.Inputs.Length * length * config.VocabSize)];
        private readonly float[] _attention =                                         // [B, H, T, L]
            wantsAttention
                ? new float[checked(batch.Inputs.Length * config.NumHeads * length
                    * config.EncodedTokens(batch.Length))] : [];

        public void Force(EngineSession session, int input, CancellationToken cancellation)
        {
            var tokens = batch.DecoderInputs![input];
            int[] parents = [DecoderSession.Root(0), .. Enumerable.Range(0, length - 1)];
            var logits = _logits.AsSpan(input * length * config.VocabSize, length * config.VocabSize);
            var (real, padded) = (config.EncodedTokens(batch.Inputs[input].Length), config.EncodedTokens(batch.Length));
            var attention = new float[wantsAttention ? checked(length * config.NumHeads * real) : 0]; // [T, H, real]
            session.Extend(parents, tokens, logits, attention, cancellation);
            for (var token = 0; wantsAttention && token < length; token++)
                for (var head = 0; head < config.NumHeads; head++)
                    attention.AsSpan((token * config.NumHeads + head) * real, real)
                        .CopyTo(_attention.AsSpan(((input * config.NumHeads + head) * length + token) * padded));
        }

        public IEnumerable<OutgoingTensor> Tensors()
        {
            yield return OutgoingTensor.Of("logits", [batch.Inputs.Length, length, config.VocabSize], _logits);
            if (wantsAttention)
                yield return OutgoingTensor.Of("cross_attention",
                    [batch.Inputs.Length, config.NumHeads, length, config.EncodedTokens(batch.Length)], _attention);
        }
    }
}
