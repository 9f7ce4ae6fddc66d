using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace LongT5.Hub;

/// <summary>What an answer that is no file means, in one sentence that says what to do.</summary>
static class Refusal
{
    /// <summary>A longer wait is left to the user.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(6);

    private const string Tokens = "https://huggingface.co/settings/tokens";

    /// <summary>The exception: <see cref="HubTrouble"/> where it may help to try again.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="name">What was asked for.</param>
    /// <param name="settings">Where, and by whom.</param>
    /// <param name="near">A name that is there and nearly the same; null where none is known.</param>
    public static Exception Of(HttpResponseMessage response, HubName name, HubSettings settings, string? near)
    {
        var host = response.RequestMessage!.RequestUri!.Host;
        var said = Header(response, "X-Error-Message");
        var meant = near is null ? "" : $"is {near} meant?";
        return (Header(response, "X-Error-Code"), (int)response.StatusCode) switch
        {
            ("GatedRepo", _) => new HubException($"{name.Repository} is gated: ask its owner at {Page(name, settings)}, then "
                                + $"set HF_TOKEN to a token of your account ({Tokens})."),
            ("RevisionNotFound", _) => new HubException($"{name.Repository} has no revision {name.Revision}; "
                                + $"{Page(name, settings)}/tree/main shows its branches."),
            (_, 401 or 403) when host != settings.Endpoint.Host => new HubTrouble(
                                $"{host} does not let in who comes from {settings.Endpoint.Host}; try again later."),
            (_, 401) when said.StartsWith("Invalid credentials", StringComparison.OrdinalIgnoreCase) => new HubException($"{host} does not know the token of HF_TOKEN, or of the file token in HF_HOME; "
                                + $"make another ({Tokens}), or do without."),
            (_, 403) when said.Length > 0 => new HubException($"{host} refuses {name.Repository}: {said}"),
            (_, 401 or 403) => new HubException($"{host} shows no {name.Repository}{(near is null ? "" : $" ({meant})")}: it "
                                + $"does not exist, is private, or is gated. Check the name at {Page(name, settings)}; where a "
                                + $"token is needed, set HF_TOKEN ({Tokens})."),
            (_, 404) => new HubException(
                                $"there is no {name.Repository} on {host}{(near is null ? "." : $"; {meant}")}"),
            (_, 408 or 429 or 500 or 502 or 503 or 504) => Busy(response, host, said),
            _ => new HubException($"{host} answers {(int)response.StatusCode} {response.ReasonPhrase} to what "
                                + $"was asked of {name.Repository}{(said.Length > 0 ? $" ({said})" : "")}."),
        };
    }

    /// <summary>How long a server asks to wait: by Retry-After, or by the time until its limit is new.</summary>
    internal static TimeSpan? WaitOf(HttpResponseHeaders headers, DateTimeOffset now)
    {
        if (headers.RetryAfter is { } after)
            return Within(after.Delta?.TotalSeconds ?? (after.Date - now)?.TotalSeconds);
        var left = headers.TryGetValues("RateLimit", out var limits)
            ? limits.SelectMany(limit => limit.Split(';', ',')).Select(part => part.Trim())
                .FirstOrDefault(part => part.StartsWith("t=", StringComparison.Ordinal)) : null;
        return left is not null && double.TryParse(left.AsSpan(2), NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture, out var seconds) ? Within(seconds + 1) : null;

        static TimeSpan? Within(double? seconds)
            => seconds is { } time ? TimeSpan.FromSeconds(Math.Clamp(time, 0, 1e6)) : null;
    }

    private static Exception Busy(HttpResponseMessage response, string host, string said)
    {
        var wait = WaitOf(response.Headers, DateTimeOffset.UtcNow);
        var asks = response.StatusCode == HttpStatusCode.TooManyRequests
            ? $"{host} has been asked too often{(said.Length > 0 ? $" ({said})" : "")}; a token (HF_TOKEN) raises its "
                + "limits"
            : $"{host} answers {(int)response.StatusCode} {response.ReasonPhrase}";
        return wait > LongestWait
            ? new HubException(string.Create(CultureInfo.InvariantCulture,
                $"{asks}. It asks to wait {wait.Value.TotalMinutes:0} minutes; the same call then goes on from there."))
            : new HubTrouble($"{asks}. Try again later; what came is kept.", wait);
    }

    private static string Page(HubName name, HubSettings settings)
        => $"{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{name.Repository}";

    /// <summary>What a stranger says, as one short line for a terminal.</summary>
    private static string Header(HttpResponseMessage response, string header)
        => response.Headers.TryGetValues(header, out var values)
            ? new string([.. string.Join(", ", values).Where(c => !char.IsControl(c)).Take(200)]).Trim() : "";
}
