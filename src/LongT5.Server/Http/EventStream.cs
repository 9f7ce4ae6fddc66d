using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Http;

/// <summary>An answer in events, as they come (<c>text/event-stream</c>).</summary>
/// <param name="call">What it answers.</param>
sealed class EventStream(Call call)
{
    /// <summary>After so long without an event a client or a proxy may think that nobody is there.</summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(10);

    private readonly byte[] _name = "event: "u8.ToArray(), _data = "data: "u8.ToArray(), _end = "\n\n"u8.ToArray();

    /// <summary>Whether anything has been sent.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Sends an event.</summary>
    /// <param name="name">Its name; null for one without.</param>
    /// <param name="write">Writes its data.</param>
    public Task Send(string? name, Action<Utf8JsonWriter> write) => Send(name, Call.Bytes(write));

    /// <summary>Sends an event whose data is these bytes: one line.</summary>
    public async Task Send(string? name, ReadOnlyMemory<byte> data)
    {
        Begin();
        var body = call.Context.Response.BodyWriter;
        if (name is not null)
            Write([.. _name, .. Encoding.UTF8.GetBytes(name), (byte)'\n']);
        Write(_data);
        Write(data.Span);
        Write(_end);
        await body.FlushAsync(call.Context.RequestAborted);

        void Write(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(body.GetSpan(bytes.Length));
            body.Advance(bytes.Length);
        }
    }

    /// <summary>Shows that the work goes on, where nothing has come for a while.</summary>
    public async Task Ping()
    {
        Begin();
        await call.Context.Response.WriteAsync(": still at it\n\n", call.Context.RequestAborted);
        await call.Context.Response.Body.FlushAsync(call.Context.RequestAborted);
    }

    private void Begin()
    {
        if (HasBegun) return;
        HasBegun = true;
        var response = call.Context.Response;
        response.ContentType = "text/event-stream";
        response.Headers["X-Accel-Buffering"] = "no";
    }
}
