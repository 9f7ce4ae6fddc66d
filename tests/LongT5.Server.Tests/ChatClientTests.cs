using System.Collections.Concurrent;
using System.Text;
using LongT5.Extensions.AI;
using LongT5.Generation;
using LongT5.Tasks;
using LongT5.Tests;
using LongT5.Tests.Tasks;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LongT5.Server.Tests;

/// <summary><see cref="LongT5ChatClient"/>: what the library writes, as Microsoft.Extensions.AI has it.</summary>
public sealed class ChatClientTests : IDisposable
{
    private const string Page = """
        <html><head><title>War</title></head><body><h1>Plans</h1>
        <p>The art of war is of vital importance to the State. It is a matter of life and death, a road either to
        safety or to ruin. Hence it is a subject of inquiry which can on no account be neglected.</p>
        <h1>Factors</h1><p>The art of war, then, is governed by five constant factors, to be taken into account in one's
        deliberations. These are the Moral Law, Heaven, Earth, the Commander, and Method and discipline. He who knows
        them will be victorious, and he who knows them not will fail.</p></body></html>
        """;

    private static readonly Lazy<LongT5Model> s_embedded
        = new(() => LongT5Model.Load(Path.Combine(Goldens.Repository, "models", "longt5-embedded")));

    private readonly LongT5Model _model = LongT5Model.Load(TinyModel.Folder);

    public static TheoryData<string, ChatOptions> NotOffered => new()
    {
        { "Tools", new() { Tools = [AIFunctionFactory.Create(() => 1, "one")] } },
        { "ToolMode", new() { ToolMode = ChatToolMode.RequireAny } },
        { "ResponseFormat", new() { ResponseFormat = ChatResponseFormat.Json } },
        { "ConversationId", new() { ConversationId = "1" } },
        { "FrequencyPenalty", new() { FrequencyPenalty = 0.5f } },
        { "PresencePenalty", new() { PresencePenalty = 0.5f } },
        { "Reasoning", new() { Reasoning = new() { Effort = ReasoningEffort.High } } },
        { "ModelId", new() { ModelId = "another" } },
        { "num_return_sequences", new() { AdditionalProperties = new() { ["num_return_sequences"] = 2 } } },
        { "num_beans", new() { AdditionalProperties = new() { ["num_beans"] = 2 } } },
        { "RawRepresentationFactory", new() { RawRepresentationFactory = _ => "short" } },
    };

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task An_answer_is_the_summary_that_the_library_writes()
    {
        var own = new Summarizer(_model).Summarize(LiveServer.Document, new() { Generation = Most(20) });
        var answer = await new LongT5ChatClient(_model, new() { ModelId = "tiny" })
            .GetResponseAsync(LiveServer.Document, new() { MaxOutputTokens = 20, ModelId = "tiny" });
        Assert.Equal(own.Text, answer.Text);
        Assert.Equal(own.InputTokens, answer.Usage!.InputTokenCount);
        Assert.Equal(own.OutputTokens, answer.Usage.OutputTokenCount);
        Assert.Equal(own.IsOutputCut ? ChatFinishReason.Length : ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal("tiny", answer.ModelId);
        Assert.Equal(own.Sentences, Assert.IsType<Summary>(answer.RawRepresentation).Sentences);
    }

    [Fact]
    public async Task A_model_that_follows_instructions_reads_those_of_the_system_before_the_text()
    {
        var client = new LongT5ChatClient(_model, new() { TakesInstructions = true });
        var own = _model.Generate("the art of\n\nand life\n\nwar", new() { Generation = Most(12) })[0];
        var answer = await client.GetResponseAsync(
            [new(ChatRole.System, "and life"), new(ChatRole.User, "earlier"), new(ChatRole.User, "war")],
            new() { Instructions = "the art of", MaxOutputTokens = 12 });
        Assert.Equal(own.Text, answer.Text);
        Assert.Contains(Warnings(answer), one => one.StartsWith("only the last message", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_model_says_that_it_did_not_read_the_instructions()
        => Assert.Contains("this model follows no instructions: those of the request were not read.",
            Warnings(await new LongT5ChatClient(_model).GetResponseAsync(LiveServer.Document,
                new() { Instructions = "be brief", MaxOutputTokens = 12 })));

    [Fact]
    public async Task A_streamed_answer_gives_the_same_in_pieces()
    {
        var client = new LongT5ChatClient(_model, new() { TakesInstructions = true });
        var options = new ChatOptions { MaxOutputTokens = 40 };
        var whole = await client.GetResponseAsync(LiveServer.Document, options);
        var updates = await client.GetStreamingResponseAsync(LiveServer.Document, options).ToListAsync();
        var streamed = updates.ToChatResponse();
        Assert.True(updates.Count > 3);
        Assert.Equal(whole.Text, streamed.Text);
        Assert.Equal(whole.Usage!.OutputTokenCount, streamed.Usage!.OutputTokenCount);
        Assert.Equal(whole.FinishReason, streamed.FinishReason);
        Assert.Single(streamed.Messages);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Each_passage_is_a_citation_of_its_sentence_and_of_its_place(bool streams, bool apart)
    {
        var client = new LongT5ChatClient(s_embedded.Value,
            new() { ReadingCommand = apart ? LiveServer.Options.ReadingCommand : null });
        ChatMessage[] messages =
            [new(ChatRole.User, [new DataContent(Encoding.UTF8.GetBytes(Page), "text/html") { Name = "war.html" }])];
        var options = new ChatOptions { MaxOutputTokens = 30 };
        var answer = streams ? await client.GetStreamingResponseAsync(messages, options).ToChatResponseAsync()
            : await client.GetResponseAsync(messages, options);
        var summary = Assert.IsType<Summary>(answer.RawRepresentation
            ?? (await client.GetResponseAsync(messages, options)).RawRepresentation);
        var citations = answer.Messages.Single().Contents.SelectMany(content => content.Annotations ?? [])
            .Cast<CitationAnnotation>().ToList();
        Assert.NotEmpty(citations);
        Assert.Equal(summary.Evidence!.Sum(passages => passages.Count), citations.Count);
        foreach (var citation in citations)
        {
            var region = Assert.IsType<TextSpanAnnotatedRegion>(Assert.Single(citation.AnnotatedRegions!));
            Assert.Contains(answer.Text[region.StartIndex!.Value..region.EndIndex!.Value], summary.Sentences);
            var passage = Assert.IsType<Passage>(citation.RawRepresentation);
            Assert.Equal(passage.Text, citation.Snippet);
            Assert.Equal(passage.Start, citation.AdditionalProperties!["start"]);
            Assert.Equal(("war.html", "War"), (citation.FileId, citation.Title));
            Assert.Contains(citation.AdditionalProperties["section"], (object[])["Plans", "Factors"]);
        }
    }

    [Fact]
    public async Task Of_several_documents_each_citation_names_its_own()
    {
        string[] texts =
        [
            LiveServer.Document,
            "Nobody planted the apple trees by the river. They grew from seeds that birds had dropped there.",
        ];
        var contents = texts.Select((text, i) => (AIContent)new DataContent(Encoding.UTF8.GetBytes(text), "text/plain")
        {
            Name = $"{i}.txt",
        });
        var answer = await new LongT5ChatClient(s_embedded.Value).GetResponseAsync([new(ChatRole.User, [.. contents])],
            new()
            {
                RawRepresentationFactory = _ => new SummaryOptions
                {
                    Length = SummaryLength.Long,
                    Evidence = EvidenceMode.Passages,
                }
            });
        var citations = answer.Messages[0].Contents[0].Annotations!.Cast<CitationAnnotation>().ToList();
        Assert.NotEmpty(citations);
        foreach (var citation in citations)
        {
            var passage = Assert.IsType<Passage>(citation.RawRepresentation);
            Assert.Equal(passage.Text, texts[citation.FileId![0] - '0'][passage.Start..passage.End]);
        }
    }

    [Theory]
    [MemberData(nameof(NotOffered), DisableDiscoveryEnumeration = true)]
    public async Task What_cannot_be_honoured_is_an_error_that_names_it(string name, ChatOptions options)
    {
        var client = new LongT5ChatClient(_model);
        var refused = await Assert.ThrowsAnyAsync<Exception>(
            () => client.GetResponseAsync(LiveServer.Document, options));
        Assert.True(refused is NotSupportedException or ArgumentException, refused.ToString());
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_is_not_opened_and_an_empty_conversation_is_not_answered()
    {
        var client = new LongT5ChatClient(_model);
        ChatMessage address = new(ChatRole.User, [new UriContent("https://example.org/a.pdf", "application/pdf")]);
        await Assert.ThrowsAsync<NotSupportedException>(() => client.GetResponseAsync([address]));
        ChatMessage instruction = new(ChatRole.System, "be brief");
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync([instruction]));
        await Assert.ThrowsAsync<ArgumentException>(() => client.GetResponseAsync(" "));
    }

    [Fact]
    public async Task A_stop_ends_the_text_and_is_not_in_it()
    {
        var client = new LongT5ChatClient(_model, new() { TakesInstructions = true });
        var whole = await client.GetResponseAsync("the art of war", new() { MaxOutputTokens = 40 });
        var stop = whole.Text[(whole.Text.Length / 2)..][..2];
        var options = new ChatOptions { MaxOutputTokens = 40, StopSequences = [stop] };
        var cut = await client.GetResponseAsync("the art of war", options);
        Assert.Equal(whole.Text[..whole.Text.IndexOf(stop, StringComparison.Ordinal)].TrimEnd(), cut.Text);
        Assert.Equal(ChatFinishReason.Stop, cut.FinishReason);
        var streamed = await client.GetStreamingResponseAsync("the art of war", options).ToChatResponseAsync();
        Assert.Equal(cut.Text, streamed.Text.TrimEnd());
    }

    [Fact]
    public async Task Generation_options_go_by_their_own_names_and_samples_by_their_seed()
    {
        var client = new LongT5ChatClient(_model, new() { TakesInstructions = true });
        var own = _model.Generate("the art of war", new()
        {
            Generation = new GenerationOptions
            {
                MaxNewTokens = 20,
                NumBeams = 3,
                NoRepeatNgramSize = 2,
            }
        })[0];
        var beams = new ChatOptions
        {
            MaxOutputTokens = 20,
            AdditionalProperties = new() { ["num_beams"] = 3, ["no_repeat_ngram_size"] = 2 },
        };
        Assert.Equal(own.Text, (await client.GetResponseAsync("the art of war", beams)).Text);
        var drawn = new ChatOptions { MaxOutputTokens = 20, Temperature = 1.5f, Seed = 7 };
        Assert.Equal((await client.GetResponseAsync("the art of war", drawn)).Text,
            (await client.GetResponseAsync("the art of war", drawn)).Text);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_ends_it()
    {
        var client = new LongT5ChatClient(_model, new() { TakesInstructions = true });
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(0.2));
        var endless = new ChatOptions
        {
            MaxOutputTokens = 100_000,
            AdditionalProperties = new() { ["min_new_tokens"] = 100_000 },
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in client.GetStreamingResponseAsync("war", endless, stop.Token)) { }
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.GetResponseAsync("war", cancellationToken: stop.Token));
    }

    [Fact]
    public async Task Services_give_one_client_and_its_model_which_a_pipeline_may_stand_before()
    {
        var log = new KeptLog();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug));
        services.AddLongT5Model(new() { Path = TinyModel.Folder }).AddLongT5ChatClient().AddLongT5EmbeddingGenerator();
        services.AddChatClient(provider => provider.GetRequiredService<LongT5ChatClient>())
            .ConfigureOptions(options => options.MaxOutputTokens = 8).UseOpenTelemetry();
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<IChatClient>();
        Assert.Same(provider.GetRequiredService<LongT5ChatClient>(), client.GetService<LongT5ChatClient>());
        Assert.Same(provider.GetRequiredService<LongT5Model>(), client.GetService<LongT5Model>());
        Assert.Equal("longt5", client.GetService<ChatClientMetadata>()!.ProviderName);
        var answer = await client.GetResponseAsync("neglected inquiry of the State and of war");
        Assert.True(answer.Usage!.OutputTokenCount <= 8);
        Assert.Contains(log.Lines, line => line.Contains("tokens were read", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains("neglected", StringComparison.Ordinal));
    }

    private static GenerationOptions Most(int tokens) => new() { MaxNewTokens = tokens };

    private static IReadOnlyList<string> Warnings(ChatResponse answer)
        => (IReadOnlyList<string>)answer.AdditionalProperties!["warnings"]!;

    /// <summary>Keeps what was logged.</summary>
    private sealed class KeptLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
