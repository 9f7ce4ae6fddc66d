using LongT5.Server.Http;
using LongT5.Server.Operations;
using LongT5.Server.Serving;

namespace LongT5.Server;

/// <summary>What routes work with.</summary>
sealed record Server(
    ServerOptions Options, ModelHost Models, TextService Texts, EmbeddingService Embeddings, ServerMetrics Metrics,
    MetricsText Figures, Uploads Uploads, ServerLifetime Lifetime);
