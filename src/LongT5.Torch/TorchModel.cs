using LongT5.Formats;
using LongT5.Torch.Adapters;
using LongT5.Torch.Autograd;
using LongT5.Torch.Heads;
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
    readonly Embedding _embedding;
    readonly Stack _encoder;
    readonly Stack? _decoder;
    readonly Linear? _head;
    readonly LabelHead? _labels;

    static TorchModel() => Libtorch.Prepare();

    /// <summary>A model whose matrices are zero, and whose norms are one.</summary>
    /// <param name="config">The shape.</param>
    /// <param name="options">Where and how it computes.</param>
    /// <param name="head">What stands on the last states; null for the vocabulary, as the configuration has it.</param>
    public TorchModel(LongT5Config config, TorchOptions options, ModelHead? head = null) : base(nameof(TorchModel))
    {
        (Config, Options) = (config, options);
        if (config.HasBiasInEveryLayer)
            throw new ArgumentException($"A model of the type {config.ModelType} cannot be trained here; longt5, t5 "
                + $"and mt5 can.");
        MatrixProducts.UseOneDnn();
        _mixer = EncoderMixer.Of(config);
        var site = new Site(config, options);
        _embedding = Embedding.Of(site);
        foreach (var (name, module) in _embedding.Parts) register_module(name, module);
        register_module("encoder", _encoder = new Stack(config, options, isDecoder: false));
        HeadKind = head ?? (config.TieWordEmbeddings ? ModelHead.Embedding : ModelHead.Vocabulary);
        if (HeadKind.HasDecoder())
            register_module("decoder", _decoder = new Stack(config, options, isDecoder: true));
        if (HeadKind == ModelHead.Vocabulary)
            register_module("lm_head", _head = site.Linear("lm_head", config.DModel, config.VocabSize));
        _labels = LabelHead.Of(HeadKind, config, options);
        foreach (var (name, module) in _labels?.Parts ?? []) register_module(name, module);
    }

    /// <summary>The shape.</summary>
    public LongT5Config Config { get; }

    /// <summary>Where and how it computes.</summary>
    public TorchOptions Options { get; }

    /// <summary>What stands on the last states.</summary>
    public ModelHead HeadKind { get; }

    /// <summary>
    /// The matrix of the vocabulary's head, [V, C]: its own, or the embedding; narrower than the model where that is
    /// of low rank.
    /// </summary>
    public Parameter Head => _head?.Last ?? _embedding.Weight;

    /// <summary>What an adapter beside the model drops; null where there is none.</summary>
    internal AdapterDropout? AdapterDropout { get; set; }

    /// <summary>Lets the adapter beside the model drop what its options say, until the result is disposed.</summary>
    /// <param name="seed">Of what is dropped: the same seed drops the same.</param>
    internal IDisposable? DropInAdapter(long seed) => AdapterDropout?.In(seed);

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

    /// <summary>What a head of labels says of texts, dropout off; the decoder reads what the encoder reads.</summary>
    /// <returns>[B, labels] of whole texts, [B, L, labels] of their tokens.</returns>
    public Tensor LabelScores(Batch batch)
    {
        var memory = Encode(batch, default);
        return LabelScores(_decoder is null ? memory : Decode(batch, memory, default), batch);
    }

    /// <summary>Gives a head of labels the random weights that it begins with.</summary>
    /// <param name="seed">Of them; the same on every device.</param>
    /// <exception cref="InvalidOperationException">The head writes text.</exception>
    public void BeginHead(long seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var map in OfLabels.Maps) map.Begin(generator);
    }

    /// <summary>The parts of the head of labels, by their names; none where the head writes text.</summary>
    public IReadOnlyList<string> LabelModules => [.. _labels?.Parts.Select(part => part.Name) ?? []];

    /// <param name="states">The last states, [B, L, C].</param>
    internal Tensor LabelScores(Tensor states, Batch batch) => OfLabels.Forward(states, batch.InputLengths);

    LabelHead OfLabels
        => _labels ?? throw new InvalidOperationException($"The head of this model is {HeadKind}; it has no labels.");

    /// <summary>The encoder's output.</summary>
    /// <returns>[B, L, C], pooled where the model pools; rows at padding mean nothing.</returns>
    internal Tensor Encode(Batch batch, Dropout dropout, List<Tensor>? hidden = null)
    {
        var pattern = _mixer.Pattern(_encoder.First.Self, batch);
        return Pooling.Mean(
            _encoder.Forward(_embedding.Of(batch.InputIds), new() { Self = pattern }, dropout, hidden), batch,
            Config.Extensions.PoolingStride);
    }

    /// <summary>The decoder's output, as the matrix of the head wants it.</summary>
    /// <param name="batch">What is written.</param>
    /// <param name="memory">The encoder's output.</param>
    /// <param name="dropout">What is dropped.</param>
    /// <param name="hidden">Gets the input of each layer and of the norm, where someone wants them.</param>
    /// <param name="looks">
    /// Gets the logarithm of each layer's attention to the input, [B, H, T, L], where someone wants it.
    /// </param>
    /// <returns>[B, T, C], or as wide as the matrix of the vocabulary's head.</returns>
    internal Tensor Decode(Batch batch, Tensor memory, Dropout dropout, List<Tensor>? hidden = null,
        List<Tensor>? looks = null)
    {
        var self = AttentionPattern.Causal(_decoder!.First.Self.Table!.Weight, batch.TargetLength, Config);
        var cross = AttentionPattern.Cross(batch.TargetLength, batch, Config);
        var pass = new StackPass { Self = self, Cross = cross, Memory = memory, Looks = looks };
        var output = _decoder.Forward(_embedding.Of(batch.DecoderIds), pass, dropout, hidden);
        if (!HeadKind.WritesText()) return output;
        if (Config.ScalesOutput(_head is not null)) output = output.mul(Number.Of(Math.Pow(Config.DModel, -0.5)));
        return _head is null ? _embedding.BeforeTable(output) : _head.BeforeLast(output);
    }
}
