using LongT5.Server.Http;
using Microsoft.Extensions.Hosting;

namespace LongT5.Server.Serving;

/// <summary>
/// How a server begins and ends: models are opened first; asked to end, it takes nothing new, lets what runs go on for
/// a while, and then tells the rest that it stops.
/// </summary>
sealed class ServerLifetime : BackgroundService
{
    private readonly CancellationTokenSource _over = new();
    private readonly ModelHost _models;
    private readonly IHostApplicationLifetime _host;

    /// <param name="models">What is opened.</param>
    /// <param name="options">How long it lets requests go on.</param>
    /// <param name="host">Says when the end is asked for.</param>
    public ServerLifetime(ModelHost models, ServerOptions options, IHostApplicationLifetime host)
    {
        (_models, _host) = (models, host);
        host.ApplicationStopping.Register(() => _over.CancelAfter(options.DrainTime));
    }

    /// <summary>Whether it takes no more requests.</summary>
    public bool IsEnding => _host.ApplicationStopping.IsCancellationRequested;

    /// <summary>Ends what still runs.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Throws where it takes no more requests.</summary>
    public void CheckOpen()
    {
        if (IsEnding) throw ApiError.Ending;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _over.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken)
        => Task.Run(_models.OpenFirst, stoppingToken);
}
