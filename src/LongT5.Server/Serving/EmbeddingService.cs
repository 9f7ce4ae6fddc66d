using System.Diagnostics;
using LongT5.Server.Http;
using LongT5.Tasks;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Serving;

/// <summary>Turns the texts of requests into vectors.</summary>
sealed class EmbeddingService(ServerOptions options, ServerMetrics metrics)
{
    /// <summary>The vectors of some inputs, in order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Token ids of each.</param>
    /// <param name="stop">Gives it up.</param>
    public Task<IReadOnlyList<TextEmbedding>> Run(
        OpenModel model, IReadOnlyList<int[]> inputs, CancellationToken stop)
    {
        if (options.MaxInputTokens is { } most && inputs.FirstOrDefault(ids => ids.Length > most) is { } longer)
            throw new ApiError(StatusCodes.Status413PayloadTooLarge,
                $"an input has {longer.Length} tokens, and {most} are read here.", "input");
        return Task.Factory.StartNew<IReadOnlyList<TextEmbedding>>(() =>
        {
            var embedder = new Embedder(model.Model);
            var clock = Stopwatch.StartNew();
            TextEmbedding[] vectors = [.. inputs.Select(ids => embedder.Embed(ids, stop))];
            metrics.Read(model.Name, vectors.Sum(vector => vector.Tokens), clock.Elapsed);
            return vectors;
        }, stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
