using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;

namespace LongT5.Client;

/// <summary>A <see cref="LongT5Client"/> among the services of a program.</summary>
public static class LongT5ClientServiceCollectionExtensions
{
    /// <summary>Adds a client of a server, over <see cref="IHttpClientFactory"/>.</summary>
    /// <param name="services">The services of the program.</param>
    /// <param name="address">Where the server is: <c>http://127.0.0.1:5155</c>.</param>
    /// <param name="apiKey">What the server asks for, where it does.</param>
    /// <returns>For handlers of the program's own. A timeout of the client's ends long documents: there is none, and
    /// the server has its own.</returns>
    public static IHttpClientBuilder AddLongT5Client(
        this IServiceCollection services, Uri address, string? apiKey = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(address);
        // A path of the server's, behind a proxy, stays before those of requests.
        var root = address.AbsoluteUri.EndsWith('/') ? address : new Uri(address.AbsoluteUri + "/");
        return services.AddHttpClient<LongT5Client>(http =>
        {
            http.BaseAddress = root;
            http.Timeout = Timeout.InfiniteTimeSpan;
            if (apiKey is not null)
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
        });
    }
}
