using System.Net;

namespace LongT5.Hub;

/// <summary>
/// Addresses that are not of the public internet (RFC 6890): this machine, its link, networks of one's own.
/// </summary>
static class PrivateNetworks
{
    private static readonly IPNetwork[] Link = [.. Of("169.254.0.0/16", "fe80::/10")];

    private static readonly IPNetwork[] All =
    [
        .. Link,
        .. Of("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24",
            "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/3", "::/127", "64:ff9b:1::/48", "fc00::/7", "ff00::/8"),
    ];

    /// <summary>Whether an address is one of these.</summary>
    public static bool Contain(IPAddress address) => IsIn(All, address);

    /// <summary>Whether an address is of the link itself, where clouds tell their secrets.</summary>
    public static bool IsOfThisLink(IPAddress address) => IsIn(Link, address);

    private static bool IsIn(IPNetwork[] networks, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Array.Exists(networks, network => network.Contains(plain));
    }

    private static IEnumerable<IPNetwork> Of(params string[] networks) => networks.Select(IPNetwork.Parse);
}
