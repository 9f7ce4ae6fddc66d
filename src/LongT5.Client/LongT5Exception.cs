using System.Net;

namespace LongT5.Client;

/// <summary>What went wrong with a request, as the server says it (RFC 9457).</summary>
public sealed record Problem
{
    /// <summary>A name of the kind of problem; <c>about:blank</c> where the status says all.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>The status in words.</summary>
    public string? Title { get; init; }

    /// <summary>The status of HTTP.</summary>
    public int? Status { get; init; }

    /// <summary>What happened and what to do, in one sentence.</summary>
    public string? Detail { get; init; }

    /// <summary>The member of the request that is wrong, where it is one.</summary>
    public string? Parameter { get; init; }

    /// <summary>What programs may tell problems by.</summary>
    public string? Code { get; init; }
}

/// <summary>The server answers with a problem.</summary>
/// <param name="problem">The problem.</param>
/// <param name="retryAfter">When to ask again, where the server says so.</param>
public sealed class LongT5Exception(Problem problem, TimeSpan? retryAfter = null)
    : HttpRequestException(
        problem.Detail ?? problem.Title ?? $"the server answers {problem.Status}.", null,
        (HttpStatusCode?)problem.Status)
{
    /// <summary>The problem, as the server says it.</summary>
    public Problem Problem { get; } = problem;

    /// <summary>When to ask again: the server has too much to do (429), or is ending (503).</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
