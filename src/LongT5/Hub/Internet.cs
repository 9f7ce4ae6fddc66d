using System.Net;
using System.Net.Sockets;

namespace LongT5.Hub;

/// <summary>Finds hosts by their names, and reaches them: as the machine does it.</summary>
class Internet
{
    /// <summary>The addresses that a name stands for.</summary>
    public virtual Task<IPAddress[]> FindAsync(string host, CancellationToken cancellation)
        => Dns.GetHostAddressesAsync(host, cancellation);

    /// <summary>A connection to the first of some addresses that answers.</summary>
    public virtual async ValueTask<Stream> ReachAsync(
        IPAddress[] addresses, int port, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
