using LongT5.Hub;
using LongT5.Scheduling;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace LongT5.Extensions.AI;

/// <summary>LongT5 among the services of a program.</summary>
/// <example>
/// <code>
/// builder.Services.AddLongT5Model().AddLongT5ChatClient().AddLongT5EmbeddingGenerator();
/// // with a pipeline of Microsoft.Extensions.AI:
/// builder.Services.AddChatClient(services => services.GetRequiredService&lt;LongT5ChatClient>()).UseOpenTelemetry();
/// </code>
/// </example>
public static class LongT5ServiceCollectionExtensions
{
    /// <summary>Adds a model, which is opened when it is first asked for and closed with the program.</summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="options">Which model; null for the embedded one.</param>
    public static IServiceCollection AddLongT5Model(
        this IServiceCollection services, LongT5ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        options ??= new();
        if (options.Scheduling is { } scheduling) services.TryAddSingleton(_ => new Scheduler(scheduling));
        services.TryAddSingleton(provider =>
        {
            var scheduler = options.Scheduling is null ? null : provider.GetRequiredService<Scheduler>();
            return options.Path is { } path
                ? LongT5Model.Load(ModelLocation.Resolve(path), options.Threads, options.Engine, scheduler)
                : LongT5Model.LoadEmbedded(options.Threads, options.Engine, scheduler);
        });
        return services;
    }

    /// <summary>Adds an <see cref="IChatClient"/> that summarises with the program's model.</summary>
    /// <param name="services">The services of the program; a <see cref="LongT5Model"/> is one of them.</param>
    /// <param name="options">How it answers; null for summaries with evidence.</param>
    public static IServiceCollection AddLongT5ChatClient(
        this IServiceCollection services, LongT5ChatOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => new LongT5ChatClient(provider.GetRequiredService<LongT5Model>(), options,
            provider.GetService<ILogger<LongT5ChatClient>>()));
        services.TryAddSingleton<IChatClient>(provider => provider.GetRequiredService<LongT5ChatClient>());
        return services;
    }

    /// <summary>Adds an <see cref="IEmbeddingGenerator{TInput,TEmbedding}"/> over the program's model.</summary>
    /// <param name="services">The services of the program; a <see cref="LongT5Model"/> is one of them.</param>
    /// <param name="options">How it reads; null for all of each text.</param>
    public static IServiceCollection AddLongT5EmbeddingGenerator(
        this IServiceCollection services, LongT5EmbeddingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => new LongT5EmbeddingGenerator(provider.GetRequiredService<LongT5Model>(),
            options, provider.GetService<ILogger<LongT5EmbeddingGenerator>>()));
        services.TryAddSingleton<IEmbeddingGenerator<string, Embedding<float>>>(
            provider => provider.GetRequiredService<LongT5EmbeddingGenerator>());
        return services;
    }
}
