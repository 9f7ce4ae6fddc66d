using LongT5.Formats;
using LongT5.Torch;
using LongT5.Torch.Native;
using static TorchSharp.torch;

namespace LongT5.Training;

/// <summary>
/// Weights set by hand so that a model that has learned nothing yet already copies: "look for the place that follows
/// what I have just written, and write what stands there".
/// </summary>
/// <remarks>
/// <para>
/// The residual stream begins as three parts: a token's own embedding in the first half of the width, room for what
/// came before it in the third quarter, and for what came before that in the last quarter.
/// </para>
/// <para>
/// In the encoder, heads 0 and 1 look one and two tokens back (their relative biases are set to 8) and write a
/// projection of what they see into the two rooms. In the second layer head 0 carries the far room one token on, so
/// that it holds the third token back as well, turned by a rotation. Head 2 looks at the fifteen or so tokens before
/// those and adds their mean: a sign of the place, where short phrases occur many times. The decoder does the same
/// with what it has written. In its last layer, the cross-attention's heads 0 and 1 ask for places whose past is like
/// its own, and write the embedding of what stands there over everything else. All other outputs of attention and
/// feed-forward layers begin at zero, so that nothing disturbs the circuit until training has a use for it.
/// </para>
/// <para>
/// Three dimensions of the first half are kept free of all that. One holds the same number for every token: LongT5 has
/// no biases, and this stands in for them. One is empty, and the search likes places where it is large: there training
/// can
/// say which sentences are salient, and it feels every choice from the first step on. And one is empty for how
/// often a token stands in the input, by which such sentences are told.
/// </para>
/// <para>
/// Without it a small model has to find all this by chance, and for millions of tokens it does not.
/// </para>
/// </remarks>
static class CopyCircuit
{
    const float Look = 8;       // the bias that makes a head look at one distance alone
    const double Ask = 0.25;    // sharpness of the search
    const double Write = 4;     // how far what is copied outweighs the rest
    const double Further = 1.3; // weight of the third token back
    const double Place = 3;     // weight of the mean of the tokens before
    const double Constant = 4;  // what every token holds alike
    const double Heed = 0.5;    // how much the search heeds the salience of a place
    const int Nearest = 3, Farthest = 10; // the buckets of distance over which that mean is taken: 3 to 20 tokens

    /// <summary>
    /// The dimension of the encoder's output that says how salient a place is: the search adds it to its scores.
    /// </summary>
    public static int Salience(LongT5Config config) => config.DModel / 2 - 1;

    /// <summary>The dimension of the encoder's output that says how often a token stands in the input.</summary>
    public static int TermFrequency(LongT5Config config) => config.DModel / 2 - 2;

    /// <summary>Sets the circuit into a filled model.</summary>
    /// <exception cref="ArgumentException">The model is too narrow, has too few heads, or an own head.</exception>
    public static void Set(TorchModel model, long seed)
    {
        var config = model.Config;
        int half = config.DModel / 2, quarter = config.DModel / 4, width = config.DKv;
        if (config.Extensions != ModelExtensions.None)
            throw new ArgumentException("The copy circuit is one of the published LongT5; the model has extensions.");
        if (config.NumHeads < 3 || width != quarter || !config.TieWordEmbeddings || config.NumLayers < 2
            || config.NumDecoderLayers < 2)
            throw new ArgumentException(
                "The copy circuit needs tied embeddings, two layers on either side, three heads or more, and heads "
                    + "of exactly a quarter of d_model; "
                + $"here are {config.NumLayers} and {config.NumDecoderLayers} layers, and {config.NumHeads} heads of "
                + $"{width} in {config.DModel}.");
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed + 1, CPU);
        var weights = model.named_parameters().ToDictionary(p => p.name, p => p.parameter.detach());

        foreach (var (name, weight) in weights)
            if (name.EndsWith(".o.weight", StringComparison.Ordinal)
                || name.EndsWith(".wo.weight", StringComparison.Ordinal))
                weight.zero_();
        var embedding = weights["shared.weight"];
        embedding.narrow(1, half, config.DModel - half).zero_();
        embedding.mul_(Number.Of(Math.Sqrt(2)));
        int constant = half - 3, salience = Salience(config);
        embedding.narrow(1, constant + 1, 2).zero_();
        // The start token asks for nothing: it lies where the decoder's search does not look.
        embedding[config.PadTokenId].narrow(0, 0, half).zero_();
        embedding[config.PadTokenId].narrow(0, half + quarter, quarter)
            .copy_(randn(quarter, generator: generator).mul_(Number.Of(2)));

        embedding.narrow(1, constant, 1).fill_(Number.Of(Constant));

        var turned = Orthonormal(half);     // [half, half]: rows 0.. and rows width.. are the two halves of a token
        var other = Orthonormal(half).narrow(0, 0, width);
        var identity = eye(config.DModel);
        var before = identity.narrow(0, half, width);             // reads and writes the third quarter
        var beforeThat = identity.narrow(0, half + quarter, width);
        var own = Wide(turned.narrow(0, 0, width));
        var ownAsBefore = Wide(other);

        var attention = WeightShapes.EncoderAttention(config);
        Tensor turn = Orthonormal(width), turnOfPlace = Orthonormal(width);
        var ownAsPlace = Wide(Orthonormal(half).narrow(0, 0, width));

        var encoder = $"encoder.block.0.layer.0.{attention}";
        var looks = weights[$"{encoder}.relative_attention_bias.weight"];
        looks[1, 0] = Look;
        looks[2, 1] = Look;
        looks.narrow(0, Nearest, Farthest - Nearest + 1).narrow(1, 2, 1).fill_(Number.Of(Look));
        Carry(encoder, 0, own, before);
        Carry(encoder, 1, ownAsBefore, beforeThat);
        Rows($"{encoder}.q.weight", 2).zero_();
        Carry(encoder, 2, ownAsPlace, turnOfPlace.matmul(beforeThat) * Place);
        Carry($"encoder.block.1.layer.0.{attention}", 0, beforeThat, turn.matmul(beforeThat) * Further);

        // The decoder's own past is one token nearer: what it is about to write is not among it.
        const string Decoder = "decoder.block.0.layer.0.SelfAttention";
        looks = weights[$"{Decoder}.relative_attention_bias.weight"];
        looks[1, 0] = Look;
        looks.narrow(0, Nearest - 1, Farthest - Nearest + 2).narrow(1, 1, 1).fill_(Number.Of(Look));
        Carry(Decoder, 0, ownAsBefore, before);
        Rows($"{Decoder}.q.weight", 1).zero_();
        Carry(Decoder, 1, ownAsPlace, turnOfPlace.matmul(before) * Place);
        Carry("decoder.block.1.layer.0.SelfAttention", 0, before, turn.matmul(before) * Further);

        var cross = $"decoder.block.{config.NumDecoderLayers - 1}.layer.1.EncDecAttention";
        for (var head = 0; head < 2; head++)
        {
            var part = Wide(turned.narrow(0, head * width, width));
            Rows($"{cross}.q.weight", head).copy_((own + before) * Ask);
            Rows($"{cross}.k.weight", head).copy_(before + beforeThat);
            Rows($"{cross}.q.weight", head)[0].copy_(identity[constant] * Heed);
            Rows($"{cross}.k.weight", head)[0].copy_(identity[salience]);
            Carry(cross, head, part, part * Write);
        }

        Tensor Orthonormal(long n) => linalg.qr(randn([n, n], generator: generator)).Q;
        Tensor Wide(Tensor rows)
            => cat([rows.narrow(1, 0, constant), zeros(rows.shape[0], config.DModel - constant)], 1);
        Tensor Rows(string name, int head) => weights[name].narrow(0, head * width, width);
        void Carry(string name, int head, Tensor read, Tensor write) // both [width, C]
        {
            Rows($"{name}.v.weight", head).copy_(read);
            weights[$"{name}.o.weight"].narrow(1, head * width, width).copy_(write.t());
        }
    }
}
