using System.Net;
using LongT5.Hub;

namespace LongT5.Tests.Hub;

/// <summary>Where a server may lead to: names and addresses are made up, and all lead to one server here.</summary>
public sealed class RedirectTests : IAsyncLifetime
{
    private FakeHub _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeHub.StartAsync();
        _server.Instead = async context =>
        {
            if (context.Request.Path == "/page")
                await context.Response.Body.WriteAsync("secret"u8.ToArray());
            else
                context.Response.Redirect(context.Request.Query["to"]!);
            return true;
        };
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.16.0.1")]
    [InlineData("192.168.1.1")]
    [InlineData("169.254.169.254")]
    [InlineData("100.64.0.1")]
    [InlineData("::1")]
    [InlineData("fd00::1")]
    [InlineData("fe80::1")]
    [InlineData("::ffff:192.168.1.1")]
    public async Task Nobody_outside_leads_into_the_network_of_this_machine(string inside)
    {
        var network = new Map(_server, ("outside.example", ["203.0.113.7"]), ("inside.example", [inside]));
        foreach (var host in new[] { "inside.example", IPAddress.Parse(inside).AddressFamily
            == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{inside}]" : inside })
        {
            var refused = await Assert.ThrowsAsync<HttpRequestException>(
                () => Get("http://outside.example/", $"http://{host}/page", network));
            Assert.Contains("inside the network of this machine; it was not followed", refused.InnerException!.Message,
                StringComparison.Ordinal);
        }
        Assert.All(network.Reached, address => Assert.Equal("203.0.113.7", address));
    }

    [Fact]
    public async Task Of_several_addresses_only_those_outside_are_reached()
    {
        var network = new Map(_server, ("outside.example", ["203.0.113.7"]),
            ("both.example", ["10.0.0.1", "203.0.113.8"]));
        Assert.Equal("secret", await Get("http://outside.example/", "http://both.example/page", network));
        Assert.Equal(["203.0.113.7", "203.0.113.8"], network.Reached);
    }

    [Fact]
    public async Task A_name_that_changes_its_meaning_on_the_way_leads_inside_no_more_than_another()
    {
        var network = new Map(_server, ("outside.example", ["203.0.113.7"])) { AfterFirst = ["192.168.1.1"] };
        await Assert.ThrowsAsync<HttpRequestException>(
            () => Get("http://outside.example/", "http://outside.example:6379/page", network));
        Assert.Equal(["203.0.113.7"], network.Reached);
    }

    [Fact]
    public async Task A_server_inside_leads_to_others_inside_but_not_to_what_the_link_tells()
    {
        var network = new Map(_server, ("wiki.home", ["192.168.1.1"]), ("files.home", ["10.0.0.1"]));
        Assert.Equal("secret", await Get("http://wiki.home/", "http://files.home/page", network));
        await Assert.ThrowsAsync<HttpRequestException>(
            () => Get("http://wiki.home/", "http://169.254.169.254/page", network));
    }

    [Fact]
    public async Task Only_the_web_is_followed()
    {
        var network = new Map(_server, ("outside.example", ["203.0.113.7"]));
        var refused = await Assert.ThrowsAsync<HubException>(
            () => Get("http://outside.example/", "ftp://outside.example/page", network));
        Assert.Contains("not followed", refused.Message, StringComparison.Ordinal);
    }

    private static async Task<string> Get(string from, string to, Internet internet)
    {
        using var web = new WebConnection(new(from), TimeSpan.FromMinutes(1), internet: internet);
        using var response = await web.GetAsync(new($"{from}?to={Uri.EscapeDataString(to)}"), _ => { }, null,
            TestContext.Current.CancellationToken);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private sealed class Map(FakeHub server, params (string Name, string[] Addresses)[] names) : Internet
    {
        private readonly List<string> _asked = [];

        public List<string> Reached { get; } = [];

        public string[]? AfterFirst { get; set; }

        public override Task<IPAddress[]> FindAsync(string host, CancellationToken cancellation)
        {
            _asked.Add(host);
            var found = AfterFirst is { } later && _asked.Count > 1 ? later
                : Array.Find(names, one => one.Name == host).Addresses ?? [host.Trim('[', ']')];
            return Task.FromResult(Array.ConvertAll(found, IPAddress.Parse));
        }

        public override ValueTask<Stream> ReachAsync(IPAddress[] addresses, int port, CancellationToken cancellation)
        {
            Reached.AddRange(addresses.Select(address => address.ToString()));
            return base.ReachAsync([IPAddress.Loopback], server.Endpoint.Port, cancellation);
        }
    }
}
