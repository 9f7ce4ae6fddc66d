using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Http;

/// <summary>The keys of a server, and how many requests of each are open.</summary>
/// <remarks>
/// Hashes of one length are compared, every one of them in the same time, so that an answer's time tells nothing.
/// </remarks>
/// <param name="options">Says the keys.</param>
sealed class ApiKeys(ServerOptions options)
{
    private const string Bearer = "Bearer ", Basic = "Basic ";

    private readonly byte[][] _hashes = [.. options.ApiKeys.Select(Hash)];
    private readonly int[] _open = new int[Math.Max(1, options.ApiKeys.Count)];

    /// <summary>Whose request it is: the number of its key.</summary>
    /// <exception cref="ApiError">It brings none, or a wrong one.</exception>
    public int Owner(HttpContext context)
    {
        if (_hashes.Length == 0) return 0;
        var key = Key(context.Request.Headers.Authorization.ToString());
        var hash = Hash(key);
        var owner = -1;
        for (var i = 0; i < _hashes.Length; i++)
            if (CryptographicOperations.FixedTimeEquals(hash, _hashes[i]))
                owner = i;
        return owner >= 0 ? owner : throw new ApiError(StatusCodes.Status401Unauthorized,
            key.Length == 0 ? "this server asks for a key: send it as Authorization: Bearer KEY."
                : "this is none of the keys of this server.", code: "invalid_api_key");
    }

    /// <summary>Counts a request of an owner until it is disposed.</summary>
    /// <exception cref="ApiError">There are as many as may be.</exception>
    public Opened Open(int owner)
    {
        if (Interlocked.Increment(ref _open[owner]) <= options.MaxRequestsOfKey) return new(this, owner);
        Interlocked.Decrement(ref _open[owner]);
        throw new ApiError(StatusCodes.Status429TooManyRequests,
            $"{options.MaxRequestsOfKey} requests of this key are open, as many as may be; wait for one of them.",
            code: "rate_limit_exceeded")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    /// <summary>The key of a program, or the password that a person gave to a browser.</summary>
    private static string Key(string said)
    {
        if (said.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)) return said[Bearer.Length..].Trim();
        if (!said.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return "";
        var bytes = new byte[said.Length];
        return Convert.TryFromBase64String(said[Basic.Length..].Trim(), bytes, out var count)
            && Encoding.UTF8.GetString(bytes, 0, count).Split(':', 2) is [_, var password] ? password : "";
    }

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>An open request.</summary>
    public sealed class Opened(ApiKeys keys, int owner) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => Interlocked.Decrement(ref keys._open[owner]);
    }
}
