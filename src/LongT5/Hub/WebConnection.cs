using System.Net;
using System.Net.Http.Headers;
using System.Reflection;

namespace LongT5.Hub;

/// <summary>The way to a host that the user named, and to those that it leads to.</summary>
/// <remarks>
/// Redirects are followed here, so that a token goes to the host that was named and to no other, what began encrypted
/// stays so, and nobody outside leads into the network that this machine stands in.
/// </remarks>
sealed class WebConnection : IDisposable
{
    private const int MostRedirects = 10;

    private static readonly string Program = "longt5/"
        + typeof(WebConnection).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    private readonly HttpClient _client;
    private readonly Uri _named;
    private readonly Internet _internet;
    private bool? _isInside;

    /// <param name="named">What the user named.</param>
    /// <param name="connecting">How long a connection may take.</param>
    /// <param name="unpacking">What may be packed on its way.</param>
    /// <param name="internet">Finds hosts and reaches them; the machine's own where nothing is said.</param>
    public WebConnection(Uri named, TimeSpan connecting, DecompressionMethods unpacking = DecompressionMethods.None,
        Internet? internet = null)
    {
        (_named, _internet) = (named, internet ?? new());
        _client = new(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = unpacking,
            ConnectTimeout = connecting,
            ConnectCallback = ConnectAsync,
            MaxResponseHeadersLength = 64,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Asks for an address, and for those that it leads to.</summary>
    /// <param name="address">The address.</param>
    /// <param name="headers">Adds what is said beside it.</param>
    /// <param name="token">For the host that was named.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>The first answer that is no redirect; its body is still to be read.</returns>
    /// <exception cref="HubException">It leads round in circles, or where it must not.</exception>
    /// <exception cref="HttpRequestException">The network fails.</exception>
    public async Task<HttpResponseMessage> GetAsync(
        Uri address, Action<HttpRequestHeaders> headers, string? token, CancellationToken cancellation)
    {
        for (var followed = 0; ; followed++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.UserAgent.ParseAdd(Program);
            headers(request.Headers);
            if (token is not null && IsNamed(address) && (address.Scheme == Uri.UriSchemeHttps || address.IsLoopback))
                request.Headers.Authorization = new("Bearer", token);
            var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308)
                || response.Headers.Location is not { } location)
                return response;
            response.Dispose();
            var next = new Uri(address, location);
            if (next.Scheme != Uri.UriSchemeHttps && next.Scheme != address.Scheme)
                throw new HubException($"{address.Host} leads to {next.GetLeftPart(UriPartial.Authority)}, which is "
                    + "not encrypted; it was not followed.");
            if (followed == MostRedirects)
                throw new HubException($"{_named.Host} leads from one address to the next, more than {MostRedirects} "
                    + "times; it was given up.");
            address = next;
        }
    }

    /// <summary>Whether an address is of the host and the port that the user named.</summary>
    public bool IsNamed(Uri address) => address.Scheme == _named.Scheme && address.Authority == _named.Authority;

    public void Dispose() => _client.Dispose();

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await _internet.FindAsync(host, cancellation);
        // Another host than that of the request is the proxy that the user set.
        if (host == context.InitialRequestMessage.RequestUri!.Host)
            addresses = Allowed(host, addresses);
        return await _internet.ReachAsync(addresses, context.DnsEndPoint.Port, cancellation);
    }

    // A host that was found outside once stays there, whatever its name is said to mean later.
    private IPAddress[] Allowed(string host, IPAddress[] addresses)
    {
        if (host == _named.Host) _isInside ??= addresses.Any(PrivateNetworks.Contain);
        if (host == _named.Host && _isInside == true) return addresses;
        var allowed = Array.FindAll(addresses, address
            => _isInside == true ? !PrivateNetworks.IsOfThisLink(address) : !PrivateNetworks.Contain(address));
        return allowed.Length > 0 ? allowed : throw new HubException(
            $"{_named.Host} leads to {host}, which is inside the network of this machine; it was not followed.");
    }
}
