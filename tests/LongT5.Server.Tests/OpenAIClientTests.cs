using System.ClientModel;
using OpenAI;
using OpenAI.Chat;

namespace LongT5.Server.Tests;

/// <summary>The official client for .NET, unchanged, against this server.</summary>
public sealed class OpenAIClientTests : IAsyncLifetime
{
    private LiveServer _server = null!;

    public async ValueTask InitializeAsync()
        => _server = await LiveServer.Start(LiveServer.Options with { ApiKeys = ["sesame"] });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private OpenAIClient Client => new(new ApiKeyCredential("sesame"), new()
    {
        Endpoint = new(_server.Url, "v1"),
    });

    [Fact]
    public async Task Models_are_listed_and_found_by_name()
    {
        var models = (await Client.GetOpenAIModelClient().GetModelsAsync()).Value;
        Assert.Equal(["tiny", "told"], models.Select(model => model.Id));
        Assert.Equal("told", (await Client.GetOpenAIModelClient().GetModelAsync("told")).Value.Id);
    }

    [Fact]
    public async Task A_chat_answers_with_what_the_library_writes()
    {
        var answer = (await Client.GetChatClient("told").CompleteChatAsync(
            [new SystemChatMessage("the art of"), new UserChatMessage("war and life")],
            new() { MaxOutputTokenCount = 12 })).Value;
        using var model = LongT5Model.Load(LongT5.Tests.Tasks.TinyModel.Folder);
        var own = model.Generate("the art of\n\nwar and life", new() { Generation = new() { MaxNewTokens = 12 } })[0];
        Assert.Equal(own.Text, answer.Content[0].Text);
        Assert.Equal(own.InputTokens, answer.Usage.InputTokenCount);
        Assert.Equal(own.OutputTokens, answer.Usage.OutputTokenCount);
        Assert.Equal(own.IsOutputCut ? ChatFinishReason.Length : ChatFinishReason.Stop, answer.FinishReason);
    }

    [Fact]
    public async Task A_streamed_chat_gives_the_same_text_in_pieces_and_then_the_counts()
    {
        ChatMessage[] messages = [new UserChatMessage(LiveServer.Document)];
        ChatCompletion whole = await Client.GetChatClient("told")
            .CompleteChatAsync(messages, new() { MaxOutputTokenCount = 40 });
        var (text, pieces) = ("", 0);
        ChatTokenUsage? usage = null;
        ChatFinishReason? reason = null;
        await foreach (var update in Client.GetChatClient("told").CompleteChatStreamingAsync(messages,
            new() { MaxOutputTokenCount = 40 }))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            pieces += update.ContentUpdate.Count;
            usage = update.Usage ?? usage;
            reason = update.FinishReason ?? reason;
        }
        Assert.Equal(whole.Content[0].Text, text);
        Assert.True(pieces > 2);
        Assert.Equal(whole.Usage.OutputTokenCount, usage!.OutputTokenCount);
        Assert.Equal(whole.FinishReason, reason);
    }

    [Fact]
    public async Task What_is_not_offered_is_refused_by_name()
    {
        var options = new ChatCompletionOptions { PresencePenalty = 0.5f };
        var refused = await Assert.ThrowsAsync<ClientResultException>(async () => await Client.GetChatClient("tiny")
            .CompleteChatAsync([new UserChatMessage(LiveServer.Document)], options));
        Assert.Equal(400, refused.Status);
        Assert.Contains("presence_penalty", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        var client = new OpenAIClient(new ApiKeyCredential("open"), new() { Endpoint = new(_server.Url, "v1") });
        var refused = await Assert.ThrowsAsync<ClientResultException>(
            async () => await client.GetOpenAIModelClient().GetModelsAsync());
        Assert.Equal(401, refused.Status);
    }
}
