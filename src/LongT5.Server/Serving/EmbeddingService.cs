using System.Diagnostics;
using LongT5.Server.Http;
using LongT5.Tasks;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Serving;

/// <summary>Turns the texts of requests into vectors, in their turn.</summary>
sealed class EmbeddingService(ServerOptions options, RequestQueue queue, ServerMetrics metrics)
{
    /// <summary>The vectors of some inputs, in order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">Token ids of each.</param>
    /// <param name="stop">Gives it up.</param>
    public async Task<IReadOnlyList<TextEmbedding>> Run(
        OpenModel model, IReadOnlyList<int[]> inputs, CancellationToken stop)
    {
        if (options.MaxInputTokens is { } most && inputs.FirstOrDefault(ids => ids.Length > most) is { } longer)
            throw new ApiError(StatusCodes.Status413PayloadTooLarge,
                $"an input has {longer.Length} tokens, and {most} are read here.", "input");
        var embedder = new Embedder(model.Model);
        var cost = embedder.Estimate(inputs.Max(ids => ids.Length));
        cost = cost with { Operations = inputs.Sum(ids => embedder.Estimate(ids.Length).Operations) };
        if (cost.Bytes > queue.Memory)
            throw new ApiError(StatusCodes.Status413PayloadTooLarge,
                $"an input has {inputs.Max(ids => ids.Length)} tokens, more than this server's memory holds.", "input");
        var clock = Stopwatch.StartNew();
        return await queue.Run(cost, working =>
        {
            metrics.Waited(model.Name, clock.Elapsed);
            clock.Restart();
            var vectors = inputs.Select(ids => embedder.Embed(ids, working)).ToList();
            metrics.Read(model.Name, vectors.Sum(vector => vector.Tokens), clock.Elapsed);
            return vectors;
        }, null, stop);
    }
}
