using LongT5.Formats;
using LongT5.Training.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Training.Twin;

/// <summary>LongT5 in tensors: the model of <c>src/LongT5/Model</c> with gradients.</summary>
/// <remarks>
/// Parameters have the published names. Call it within a dispose scope that ends after the backward pass, always from
/// one thread: <c>using var step = torch.NewDisposeScope(); LongT5Twin.Backward(twin.Loss(batch, options));</c>
/// </remarks>
public sealed class LongT5Twin : nn.Module
{
    readonly Table _shared; // [V, C]
    readonly Stack _encoder, _decoder;
    readonly Linear? _head;

    /// <summary>A twin whose matrices are zero, and whose norms are one.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="options">Where and how it computes.</param>
    /// <param name="ownHead">Whether the head is a matrix of its own; null for what the configuration says.</param>
    public LongT5Twin(LongT5Config config, TwinOptions options, bool? ownHead = null) : base(nameof(LongT5Twin))
    {
        (Config, Options) = (config, options);
        MatrixProducts.UseOneDnn();
        register_module("shared", _shared = new Table(config.VocabSize, config.DModel, options));
        register_module("encoder", _encoder = new Stack(config, options, isDecoder: false));
        register_module("decoder", _decoder = new Stack(config, options, isDecoder: true));
        if (ownHead ?? !config.TieWordEmbeddings)
            register_module("lm_head", _head = new Linear("lm_head", config.DModel, config.VocabSize, options));
    }

    /// <summary>The shape.</summary>
    public LongT5Config Config { get; }

    /// <summary>Where and how it computes.</summary>
    public TwinOptions Options { get; }

    /// <summary>The head's matrix: its own, or the embedding.</summary>
    public Parameter Head => _head?.Weight ?? _shared.Weight; // [V, C]

    /// <summary>The mean loss of a batch, or the sum by <see cref="LossOptions.Divisor"/>.</summary>
    /// <returns>A scalar, for <see cref="Backward"/>.</returns>
    public Tensor Loss(Batch batch, LossOptions options) => Losses(batch, options).Words;

    /// <summary>The loss of the words, and those of what the encoder says of sentences and of tokens.</summary>
    /// <returns>
    /// Scalars. Liking is the mean square by which <see cref="CopyCircuit.Liked"/>, at the first token of a sentence,
    /// misses what the sentence is worth, null where no worth is known; counting that by which
    /// <see cref="CopyCircuit.Counted"/> misses the logarithm of how often a token stands in its input, null where
    /// <see cref="LossOptions.Counting"/> is off.
    /// </returns>
    public (Tensor Words, Tensor? Liking, Tensor? Counting) Losses(Batch batch, LossOptions options)
    {
        var dropout = new Dropout(options.Dropout, options.Seed);
        var memory = Encode(batch, dropout.At(0)); // [B, L, C]
        var liking = batch.WorthPlaces is { } places
            ? memory.view(-1, Config.DModel).index_select(0, places).select(1, CopyCircuit.Liked(Config)).sub(batch.Worths!).square().mean()
            : null;
        var counting = options.Counting ? Counting(batch, memory) : null;
        return (CrossEntropy.Apply(Decode(batch, memory, dropout.At(1)), Head, batch.Labels, Options.MatrixType, options), liking, counting);
    }

    Tensor Counting(Batch batch, Tensor memory)
    {
        using var untracked = no_grad();
        var ids = batch.InputIds; // [B, L]
        var one = ones(ids.shape, device: Options.Device);
        var wanted = zeros([ids.shape[0], Config.VocabSize], device: Options.Device).scatter_add(1, ids, one).gather(1, ids).log();
        var real = ids.ne(Number.Of((long)Config.PadTokenId)).to_type(ScalarType.Float32);
        using var tracked = enable_grad();
        return memory.select(2, CopyCircuit.Counted(Config)).sub(wanted).square().mul(real).sum().div(real.sum());
    }

    /// <summary>Adds the gradients of a loss to those of the parameters.</summary>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">Memory ran out; the gradients are incomplete.</exception>
    public static void Backward(Tensor loss) => BackwardPass.Begin(loss);

    /// <summary>The logits of every target position, dropout off.</summary>
    /// <returns>[B, T, V]</returns>
    public Tensor Logits(Batch batch)
        => nn.functional.linear(Decode(batch, Encode(batch, default), default).to_type(Options.MatrixType), Head.to_type(Options.MatrixType));

    /// <summary>The encoder's output.</summary>
    /// <returns>[B, L, C]; rows at padding mean nothing.</returns>
    internal Tensor Encode(Batch batch, Dropout dropout, List<Tensor>? hidden = null)
    {
        var weights = _encoder.First.Self;
        var global = weights.GlobalTable is not null && batch.InputLengths.Max() >= Config.GlobalBlockSize
            ? new GlobalPattern(batch, Config) : null;
        var pattern = Config.EncoderAttentionType == EncoderAttention.Full
            ? AttentionPattern.Full(weights.Table!.Weight, batch, Config)
            : AttentionPattern.Local(weights.Table!.Weight, Config.LocalRadius, batch, Config, global, weights.GlobalTable?.Weight);
        return _encoder.Forward(Embed(batch.InputIds), pattern, memory: null, cross: null, dropout, hidden);
    }

    /// <summary>The decoder's output, scaled as the head wants it.</summary>
    /// <returns>[B, T, C]</returns>
    internal Tensor Decode(Batch batch, Tensor memory, Dropout dropout)
    {
        var self = AttentionPattern.Causal(_decoder.First.Self.Table!.Weight, batch.TargetLength, Config);
        var cross = AttentionPattern.Cross(batch.TargetLength, batch, Config);
        var output = _decoder.Forward(Embed(batch.DecoderIds), self, memory, cross, dropout);
        return _head is null && Config.TieWordEmbeddings ? output.mul(Number.Of(Math.Pow(Config.DModel, -0.5))) : output;
    }

    Tensor Embed(Tensor ids) => _shared.Weight.index_select(0, ids.view(-1)).view(ids.shape[0], ids.shape[1], -1);
}
