using System.Net;
using System.Text;

namespace LongT5.Server.Tests;

/// <summary>A document that a password protects.</summary>
public sealed class LockedDocumentTests
{
    private static readonly byte[] Locked = Encoding.ASCII.GetBytes("%PDF-1.4\n"
        + "1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\n"
        + $"3 0 obj\n<</Filter/Standard/V 1/R 2/P -4/O<{new string('4', 64)}>/U<{new string('2', 64)}>>>\nendobj\n"
        + "trailer\n<</Root 1 0 R/Encrypt 3 0 R/ID[<00><00>]/Size 4>>\nstartxref\n0\n%%EOF");

    [Theory]
    [InlineData(null, "needed"), InlineData("sesame", "another")]
    public async Task It_is_the_password_that_is_named_where_none_or_another_is_given(string? password, string word)
    {
        await using var server = await LiveServer.Start();
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Locked), "document", "locked.pdf" } };
        if (password is not null) form.Add(new StringContent(password), "password");
        using var answer = await server.Client.PostAsync("/api/text", form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var problem = await LiveServer.Read(answer);
        Assert.Equal("password", problem.GetProperty("code").GetString());
        Assert.Equal("password", problem.GetProperty("parameter").GetString());
        Assert.Contains(word, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }
}
