using System.Diagnostics;
using LongT5.Tasks;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace LongT5.Extensions.AI;

/// <summary>
/// Vectors of texts as Microsoft.Extensions.AI asks for them: the mean of the encoder's states, of length 1.
/// </summary>
/// <remarks>Safe for any number of threads at once.</remarks>
public sealed partial class LongT5EmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private readonly LongT5Model _model;
    private readonly Embedder _embedder;
    private readonly LongT5EmbeddingOptions _options;
    private readonly ILogger _log;
    private readonly EmbeddingGeneratorMetadata _metadata;

    /// <param name="model">The model; it stays the caller's to dispose.</param>
    /// <param name="options">How it reads; null for all of each text.</param>
    /// <param name="log">Hears how much was read, and never what.</param>
    public LongT5EmbeddingGenerator(
        LongT5Model model, LongT5EmbeddingOptions? options = null, ILogger<LongT5EmbeddingGenerator>? log = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (_model, _embedder, _options) = (model, new(model), options ?? new());
        _log = log ?? NullLogger<LongT5EmbeddingGenerator>.Instance;
        _metadata = new(ModelName.Provider, null, _options.ModelId ?? ModelName.Of(model), _embedder.Dimensions);
    }

    /// <summary>The vectors of some texts, in order.</summary>
    /// <param name="values">The texts; an empty one has the vector of the end token.</param>
    /// <param name="options">The model's own name and width, or nothing.</param>
    /// <param name="cancellationToken">Honoured within one layer.</param>
    /// <exception cref="NotSupportedException">Another model, another width or more is asked for.</exception>
    /// <exception cref="InsufficientMemoryException">A text is longer than memory holds.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        Check(options);
        return Task.Factory.StartNew(() => Generate(values, cancellationToken), cancellationToken,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <inheritdoc/>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType == typeof(EmbeddingGeneratorMetadata) ? _metadata
            : serviceType.IsInstanceOfType(this) ? this
            : serviceType.IsInstanceOfType(_model) ? _model : null;
    }

    /// <summary>Does nothing: the model is the caller's.</summary>
    public void Dispose()
    {
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(IEnumerable<string> values, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        var read = values.Select(text => _embedder.Embed(text, _options.MaxTokens, stop)).ToList();
        var (tokens, dropped) = (read.Sum(one => one.Tokens), read.Sum(one => one.DroppedTokens));
        Read(_log, read.Count, tokens, clock.Elapsed.TotalSeconds);
        if (dropped > 0) Dropped(_log, dropped, _options.MaxTokens);
        var now = DateTimeOffset.UtcNow;
        return new(read.Select(one => new Embedding<float>(one.Vector)
        {
            CreatedAt = now,
            ModelId = _metadata.DefaultModelId,
        }))
        {
            Usage = new() { InputTokenCount = tokens, TotalTokenCount = tokens },
        };
    }

    private void Check(EmbeddingGenerationOptions? options)
    {
        if (options is null) return;
        ModelName.Check(options.ModelId, _metadata.DefaultModelId!);
        if (options.Dimensions is { } asked && asked != _embedder.Dimensions)
            throw new NotSupportedException(
                $"Dimensions is {asked}; the vectors of this model have {_embedder.Dimensions}.");
        if (options.AdditionalProperties is { Count: > 0 } more)
            throw new NotSupportedException(
                $"AdditionalProperties asks for {more.Keys.First()}, which is not offered; leave it out.");
        if (options.RawRepresentationFactory is not null)
            throw new NotSupportedException("RawRepresentationFactory has no meaning here; leave it out.");
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Texts} texts of {Tokens} tokens were read in {Seconds:0.00} s")]
    private static partial void Read(ILogger log, int texts, int tokens, double seconds);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Tokens} tokens were not read: each text has at most {Most}")]
    private static partial void Dropped(ILogger log, int tokens, int? most);
}
