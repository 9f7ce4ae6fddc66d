using LongT5.Formats;
using LongT5.Torch.Autograd;
using LongT5.Torch.Layers;
using LongT5.Torch.Mixers;
using LongT5.Torch.Native;
using static TorchSharp.torch;
using Linear = LongT5.Torch.Layers.Linear;
using Parameter = TorchSharp.Modules.Parameter;

namespace LongT5.Torch;

/// <summary>LongT5 in tensors: the model of <c>src/LongT5/Model</c> with gradients.</summary>
/// <remarks>
/// Parameters have the published names. Call it within a dispose scope that ends after the backward pass, always from
/// one thread.
/// </remarks>
public sealed class TorchModel : nn.Module
{
    readonly EncoderMixer _mixer;
    readonly Table _shared; // [V, C]
    readonly Stack _encoder, _decoder;
    readonly Linear? _head;

    static TorchModel() => Libtorch.Prepare();

    /// <summary>A model whose matrices are zero, and whose norms are one.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="options">Where and how it computes.</param>
    /// <param name="ownHead">Whether the head is a matrix of its own; null for what the configuration says.</param>
    public TorchModel(LongT5Config config, TorchOptions options, bool? ownHead = null) : base(nameof(TorchModel))
    {
        if (config.Extensions != ModelExtensions.None)
            throw new NotSupportedException(
                "Models with extensions (longt5_extended) are run by the engine; they are not trained here.");
        (Config, Options) = (config, options);
        if (config.HasBiasInEveryLayer)
            throw new ArgumentException($"A model of the type {config.ModelType} cannot be trained here; longt5, t5 "
                + $"and mt5 can.");
        MatrixProducts.UseOneDnn();
        _mixer = EncoderMixer.Of(config);
        register_module("shared", _shared = new Table(config.VocabSize, config.DModel, options));
        register_module("encoder", _encoder = new Stack(config, options, isDecoder: false));
        register_module("decoder", _decoder = new Stack(config, options, isDecoder: true));
        if (ownHead ?? !config.TieWordEmbeddings)
            register_module("lm_head", _head = new Linear("lm_head", config.DModel, config.VocabSize, options));
    }

    /// <summary>The shape.</summary>
    public LongT5Config Config { get; }

    /// <summary>Where and how it computes.</summary>
    public TorchOptions Options { get; }

    /// <summary>The head's matrix: its own, or the embedding.</summary>
    public Parameter Head => _head?.Weight ?? _shared.Weight; // [V, C]

    /// <summary>Adds the gradients of a loss to those of the parameters.</summary>
    /// <param name="loss">A scalar.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">
    /// Memory ran out; the gradients are incomplete.
    /// </exception>
    public static void Backward(Tensor loss) => BackwardPass.Begin(loss);

    /// <summary>The logits of every target position, dropout off.</summary>
    /// <returns>[B, T, V]</returns>
    public Tensor Logits(Batch batch)
        => nn.functional.linear(Decode(batch, Encode(batch, default), default).to_type(Options.MatrixType),
            Head.to_type(Options.MatrixType));

    /// <summary>The encoder's output.</summary>
    /// <returns>[B, L, C]; rows at padding mean nothing.</returns>
    internal Tensor Encode(Batch batch, Dropout dropout, List<Tensor>? hidden = null)
    {
        var pattern = _mixer.Pattern(_encoder.First.Self, batch);
        return _encoder.Forward(Embed(batch.InputIds), pattern, memory: null, cross: null, dropout, hidden);
    }

    /// <summary>The decoder's output, scaled as the head wants it.</summary>
    /// <returns>[B, T, C]</returns>
    internal Tensor Decode(Batch batch, Tensor memory, Dropout dropout)
    {
        var self = AttentionPattern.Causal(_decoder.First.Self.Table!.Weight, batch.TargetLength, Config);
        var cross = AttentionPattern.Cross(batch.TargetLength, batch, Config);
        var output = _decoder.Forward(Embed(batch.DecoderIds), self, memory, cross, dropout);
        return Config.ScalesOutput(_head is not null) ? output.mul(Number.Of(Math.Pow(Config.DModel, -0.5))) : output;
    }

    Tensor Embed(Tensor ids) => _shared.Weight.index_select(0, ids.view(-1)).view(ids.shape[0], ids.shape[1], -1);
}
