using LongT5.Scheduling;

namespace LongT5.Extensions.AI;

/// <summary>Which model a program opens, and how it is computed.</summary>
public sealed record LongT5ModelOptions
{
    /// <summary>
    /// A folder, or <c>org/name</c> in the Hugging Face cache; null for the embedded model, which comes with the
    /// package LongT5.Models.Embedded.
    /// </summary>
    public string? Path { get; init; }

    /// <summary>Threads that compute; null for one a processor. It changes no result.</summary>
    public int? Threads { get; init; }

    /// <summary>How it is computed; null for the weights as they are stored.</summary>
    public EngineOptions? Engine { get; init; }

    /// <summary>
    /// How much is done at a time where several ask at once; null lets each call compute at once, which is best for one
    /// at a time.
    /// </summary>
    public SchedulerOptions? Scheduling { get; init; } = new();
}
