using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace LongT5.Serving;

/// <summary>A connection over which anything may be said, right or wrong; answers are read as they come.</summary>
sealed class Wire : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start, _end;

    /// <param name="port">Of this machine.</param>
    public Wire(int port)
    {
        _socket.Connect(IPAddress.Loopback, port);
        _socket.LingerState = new(true, 0); // whoever opens thousands leaves none behind
        Patience = TimeSpan.FromMinutes(2);
    }

    /// <summary>How long an answer may take.</summary>
    public TimeSpan Patience
    {
        set => _socket.ReceiveTimeout = (int)value.TotalMilliseconds;
    }

    /// <summary>Sends bytes as they are.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
            bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>A request as it should be, but for what is in it.</summary>
    public static byte[] Request(
        string method, string path, ReadOnlySpan<byte> body, string type = "application/json", string headers = "")
        => [.. Encoding.Latin1.GetBytes($"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {type}\r\n"
            + $"Content-Length: {body.Length}\r\n{headers}\r\n"), .. body];

    /// <summary>The first bytes of an answer, whatever they are; false where none came.</summary>
    public bool Hears() => _end > _start || Fill();

    /// <summary>The next answer; a status of 0 where the connection ended before it, or in its midst.</summary>
    /// <exception cref="SocketException">It does not come.</exception>
    public (int Status, bool Ends, string Body) Receive(string method = "POST")
    {
        while (true)
        {
            if (Line() is not { } first || !first.StartsWith("HTTP/1.1 ", StringComparison.Ordinal))
                return default;
            var status = int.Parse(first.AsSpan(9, 3), CultureInfo.InvariantCulture);
            var (length, isChunked, ends) = (0, false, false);
            while (Line() is { Length: > 0 } header)
            {
                if (header.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
                    length = int.Parse(header.AsSpan(15), CultureInfo.InvariantCulture);
                isChunked |= header.Equals("Transfer-Encoding: chunked", StringComparison.OrdinalIgnoreCase);
                ends |= header.Equals("Connection: close", StringComparison.OrdinalIgnoreCase);
            }
            if (status is >= 100 and < 200)
                continue;
            if (method == "HEAD" || status is 204 or 304)
                return (status, ends, "");
            var body = isChunked ? Chunks() : Text(length);
            return body is null ? default : (status, ends, body);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private string? Chunks()
    {
        var all = new StringBuilder();
        while (Line() is { } size && int.TryParse(size, NumberStyles.HexNumber, null, out var length))
        {
            if (Text(length) is not { } text || Line() is null)
                return null;
            if (length == 0)
                return all.ToString();
            all.Append(text);
        }
        return null;
    }

    private string? Text(int length)
    {
        var bytes = new byte[length];
        for (var read = 0; read < length;)
        {
            if (_start == _end && !Fill())
                return null;
            var count = Math.Min(length - read, _end - _start);
            _buffer.AsSpan(_start, count).CopyTo(bytes.AsSpan(read));
            (read, _start) = (read + count, _start + count);
        }
        return Encoding.UTF8.GetString(bytes);
    }

    private string? Line()
    {
        var line = new StringBuilder();
        while (_start < _end || Fill())
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            line.Append(Encoding.Latin1.GetString(_buffer, _start, end < 0 ? _end - _start : end));
            _start = end < 0 ? _end : _start + end + 1;
            if (end >= 0)
                return line.ToString().TrimEnd('\r');
        }
        return null;
    }

    private bool Fill()
    {
        try
        {
            (_start, _end) = (0, 0);
            _end = _socket.Receive(_buffer);
            return _end > 0;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionReset)
        {
            return false;
        }
    }
}
