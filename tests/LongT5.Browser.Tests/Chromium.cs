using Microsoft.Playwright;

namespace LongT5.Browser.Tests;

/// <summary>A Chromium of this machine, one for all tests of a class.</summary>
public sealed class Chromium : IAsyncLifetime
{
    /// <summary>Milliseconds: a machine that runs all tests at the same time is slow at times.</summary>
    private const int Patience = 120_000;

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Where CHROMIUM says, or where distributions put it; null where there is none.</summary>
    public static string? Path { get; } = Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named ? named
        : Array.Find(Places, File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Path is null) return;
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Path, Args = ["--no-sandbox"] });
    }

    /// <summary>A page of its own, empty.</summary>
    /// <param name="width">Of the window, in CSS pixels.</param>
    /// <param name="scheme">Light or dark.</param>
    /// <param name="password">What is given to a server that asks for one.</param>
    public async Task<IPage> Open(int width = 1440, ColorScheme scheme = ColorScheme.Light, string? password = null)
    {
        Assert.SkipWhen(_browser is null && Environment.GetEnvironmentVariable("CI") is null,
            "no Chromium was found: install one, or name it in CHROMIUM");
        var browser = _browser
            ?? throw new InvalidOperationException("CI asks for these tests, and there is no Chromium.");
        var page = await browser.NewPageAsync(new()
        {
            ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 900 },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            HttpCredentials = password is null ? null : new() { Username = "anybody", Password = password },
        });
        page.SetDefaultTimeout(Patience);
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
