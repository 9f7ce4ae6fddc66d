using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using LongT5.Tests.Tasks;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace LongT5.Server.Tests;

/// <summary>TLS by Kestrel's own settings, with a certificate made for the test.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-tls-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_file_of_settings_makes_it_listen_with_tls_and_nowhere_else()
    {
        using var certificate = Certificate();
        await using var app = ServerProgram.Create(LiveServer.Options, port: 1,
            settings: Settings("https://127.0.0.1:0"), arguments: ["--Logging:LogLevel:Default=None"]);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var url = Assert.Single(app.Services.GetRequiredService<IServer>().Features
            .Get<IServerAddressesFeature>()!.Addresses);
        Assert.StartsWith("https://127.0.0.1:", url, StringComparison.Ordinal);
        using var client = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new()
            {
                RemoteCertificateValidationCallback = (_, shown, _, errors) => shown!.GetCertHashString()
                    == certificate.GetCertHashString() && errors == SslPolicyErrors.RemoteCertificateChainErrors,
            },
        });
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync($"{url}/alive", TestContext.Current.CancellationToken))
            .StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(
            url.Replace("https", "http", StringComparison.Ordinal) + "/alive", TestContext.Current.CancellationToken));
        await app.StopAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("https://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("https://summaries.example:0")]
    public void Settings_that_let_other_machines_in_need_a_key_as_well(string url)
        => Assert.Contains(url, Assert.Throws<MissingKeyException>(
            () => ServerProgram.Create(LiveServer.Options, settings: Settings(url))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("""
        {"Kestrel": {"Endpoints": {"A": {"Url": "https://127.0.0.1:0", "Certificate": {"Path": "none.pem"}}}}}
        """, "cannot be opened")]
    [InlineData("{\"Kestrel\": ", "is not JSON")]
    [InlineData(null, "does not exist")]
    public async Task Settings_that_cannot_be_followed_end_the_command_with_one_sentence(string? json, string part)
    {
        var file = Path.Combine(_folder, "settings.json");
        if (json is not null) File.WriteAllText(file, json);
        var (code, said) = await ServeCommandTests.Run("-m", $"x={TinyModel.Folder}", "--config", file);
        Assert.Equal(1, code);
        Assert.Contains(part, said, StringComparison.Ordinal);
        // A model may be loaded, and that logged, before the endpoints are found not to open.
        Assert.Single(said.Split('\n'), line => line.StartsWith("longt5: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", said, StringComparison.Ordinal);
    }

    private X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Path.Combine(_folder, "cert.pem"), certificate.ExportCertificatePem());
        File.WriteAllText(Path.Combine(_folder, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    private string Settings(string url)
    {
        var file = Path.Combine(_folder, "settings.json");
        File.WriteAllText(file, JsonSerializer.Serialize(new
        {
            Kestrel = new
            {
                Endpoints = new
                {
                    Https = new
                    {
                        Url = url,
                        Certificate = new
                        {
                            Path = Path.Combine(_folder, "cert.pem"),
                            KeyPath = Path.Combine(_folder, "key.pem"),
                        },
                    },
                },
            },
        }));
        return file;
    }
}
