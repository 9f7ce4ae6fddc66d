using LongT5.Scheduling;
using LongT5.Tasks;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Http;

/// <summary>What a request is answered with where it cannot be served.</summary>
/// <param name="status">The status of HTTP.</param>
/// <param name="message">What was wrong and what to do: one sentence.</param>
/// <param name="param">The member of the request that it is about.</param>
/// <param name="code">One word for programs.</param>
sealed class ApiError(int status, string message, string? param = null, string? code = null) : Exception(message)
{
    /// <summary>The status of HTTP.</summary>
    public int Status => status;

    /// <summary>The member of the request that it is about.</summary>
    public string? Param => param;

    /// <summary>One word for programs.</summary>
    public string? Code => code;

    /// <summary>When to come again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The methods that the address has, where another was used.</summary>
    public string? Allow { get; init; }

    /// <summary>A member that is wrong, or asks for what is not offered.</summary>
    public static ApiError Of(string param, string message) => new(StatusCodes.Status400BadRequest, message, param);

    /// <summary>The server ends.</summary>
    public static ApiError Ending { get; } = new(StatusCodes.Status503ServiceUnavailable,
        "the server is being stopped; ask again when it is back.", code: "stopping")
    {
        RetryAfter = TimeSpan.FromSeconds(10),
    };

    /// <summary>Whatever went wrong, as an answer.</summary>
    public static ApiError Of(Exception exception)
    {
        if (exception is ApiError known) return known;
        if (exception is OverloadedException full)
            return new(StatusCodes.Status429TooManyRequests, full.Message, code: "overloaded")
            {
                RetryAfter = full.RetryAfter,
            };
        if (exception is ObjectDisposedException { ObjectName: nameof(Scheduler) }) return Ending;
        if (exception is BadHttpRequestException bad) return new(bad.StatusCode, Sentence(bad));
        var problem = Problem.Of(exception);
        if (exception is BadFileException { NeedsPassword: true })
            return new(StatusCodes.Status422UnprocessableEntity, problem.Sentence, "password", "password");
        return problem.Kind switch
        {
            ProblemKind.Request => new(StatusCodes.Status400BadRequest, problem.Sentence),
            ProblemKind.BadFile => new(StatusCodes.Status422UnprocessableEntity, problem.Sentence),
            ProblemKind.Memory => new(StatusCodes.Status503ServiceUnavailable, problem.Sentence, code: "memory")
            {
                RetryAfter = TimeSpan.FromSeconds(10),
            },
            ProblemKind.Stopped => Ending,
            // What it says may name paths of this machine: the log has it.
            _ => new(StatusCodes.Status500InternalServerError, "an error of the server itself; its log says more.",
                code: "internal"),
        };
    }

    private static string Sentence(BadHttpRequestException exception) => exception.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge => "the body is larger than this server takes.",
        StatusCodes.Status408RequestTimeout => "the body came too slowly.",
        _ => "the request is not HTTP as it should be.",
    };
}
