using System.ClientModel;
using System.Numerics.Tensors;
using LongT5.Tasks;
using LongT5.Tests.Tasks;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Responses;

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
        using var model = LongT5Model.Load(TinyModel.Folder);
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

    [Fact]
    public async Task A_file_in_a_chat_is_the_document()
    {
        var file = ChatMessageContentPart.CreateFilePart(BinaryData.FromString("war and life"), "text/plain", "war.txt");
        ChatCompletion answer = await Client.GetChatClient("told").CompleteChatAsync(
            [new UserChatMessage(ChatMessageContentPart.CreateTextPart("the art of"), file)],
            new() { MaxOutputTokenCount = 12 });
        ChatCompletion same = await Client.GetChatClient("told").CompleteChatAsync(
            [new SystemChatMessage("the art of"), new UserChatMessage("war and life")],
            new() { MaxOutputTokenCount = 12 });
        Assert.Equal(same.Content[0].Text, answer.Content[0].Text);
    }

    [Fact]
    public async Task A_response_has_the_text_and_the_counts()
    {
        var client = Client.GetResponsesClient();
        ResponseResult response = await client.CreateResponseAsync(new CreateResponseOptions
        {
            Model = "told",
            Instructions = "the art of",
            InputItems = { ResponseItem.CreateUserMessageItem("war and life") },
            MaxOutputTokenCount = 12,
        });
        ChatCompletion same = await Client.GetChatClient("told").CompleteChatAsync(
            [new SystemChatMessage("the art of"), new UserChatMessage("war and life")],
            new() { MaxOutputTokenCount = 12 });
        Assert.Equal(same.Content[0].Text, response.GetOutputText());
        Assert.Equal(same.Usage.OutputTokenCount, response.Usage.OutputTokenCount);
        Assert.Equal(same.FinishReason == ChatFinishReason.Length,
            response.Status == ResponseStatus.Incomplete);
        Assert.Contains(response.Status, (ResponseStatus?[])[ResponseStatus.Incomplete, ResponseStatus.Completed]);
    }

    [Fact]
    public async Task A_file_in_a_response_is_the_document_and_a_streamed_response_has_every_event()
    {
        var part = ResponseContentPart.CreateInputFilePart(BinaryData.FromString(LiveServer.Document), "text/plain",
            "war.txt");
        var (text, deltas, kinds) = ("", 0, new List<string>());
        ResponseResult? whole = null;
        var asked = new CreateResponseOptions
        {
            Model = "tiny",
            InputItems = { ResponseItem.CreateUserMessageItem([part]) },
            MaxOutputTokenCount = 40,
            StreamingEnabled = true,
        };
        await foreach (var update in await Client.GetResponsesClient().CreateResponseStreamingAsync(asked))
        {
            kinds.Add(update.GetType().Name);
            if (update is StreamingResponseOutputTextDeltaUpdate delta)
                (text, deltas) = (text + delta.Delta, deltas + 1);
            if (update is StreamingResponseCompletedUpdate completed) whole = completed.Response;
            if (update is StreamingResponseIncompleteUpdate incomplete) whole = incomplete.Response;
        }
        Assert.Equal(whole!.GetOutputText(), text);
        Assert.True(deltas > 0);
        Assert.Equal("StreamingResponseCreatedUpdate", kinds[0]);
        Assert.Contains("StreamingResponseOutputItemDoneUpdate", kinds);
    }

    [Fact]
    public async Task Vectors_are_those_of_the_library_and_of_length_1()
    {
        var vectors = (await Client.GetEmbeddingClient("tiny").GenerateEmbeddingsAsync(["the art of war", "life"])).Value;
        using var model = LongT5Model.Load(TinyModel.Folder);
        var own = new Embedder(model).Embed("life");
        Assert.Equal(own.Vector.ToArray(), vectors[1].ToFloats().ToArray());
        Assert.Equal(1, TensorPrimitives.Norm(vectors[0].ToFloats().Span), 1e-5f);
    }

    [Fact]
    public async Task Stops_end_a_text_and_are_not_in_it()
    {
        var messages = new ChatMessage[] { new UserChatMessage("the art of war") };
        ChatCompletion whole = await Client.GetChatClient("told").CompleteChatAsync(messages,
            new() { MaxOutputTokenCount = 40 });
        var stop = whole.Content[0].Text[(whole.Content[0].Text.Length / 2)..][..2];
        var options = new ChatCompletionOptions { MaxOutputTokenCount = 40, StopSequences = { stop } };
        ChatCompletion cut = await Client.GetChatClient("told").CompleteChatAsync(messages, options);
        Assert.Equal(whole.Content[0].Text[..whole.Content[0].Text.IndexOf(stop, StringComparison.Ordinal)].TrimEnd(),
            cut.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, cut.FinishReason);
        var text = "";
        await foreach (var update in Client.GetChatClient("told").CompleteChatStreamingAsync(messages, options))
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
        Assert.Equal(cut.Content[0].Text, text.TrimEnd());
    }
}
