using System.ClientModel;
using LongT5.Tasks;
using LongT5.Tests;
using Microsoft.Extensions.AI;
using OpenAI;
using OpenAI.Responses;

namespace LongT5.Server.Tests;

/// <summary>The passages that a summary stands on, as the official client for .NET gives them out.</summary>
public sealed class CitationTests : IAsyncLifetime
{
    private static readonly string s_folder = Path.Combine(Goldens.Repository, "models", "longt5-embedded");

    private LiveServer _server = null!;

    public async ValueTask InitializeAsync()
        => _server = await LiveServer.Start(LiveServer.Options with { Models = [new("own", s_folder)] });

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private ResponsesClient Client => new OpenAIClient(new ApiKeyCredential("none"), new()
    {
        Endpoint = new(_server.Url, "v1"),
    }).GetResponsesClient();

    private static Summary Own
    {
        get
        {
            using var model = LongT5Model.Load(s_folder);
            return new Summarizer(model).Summarize(LiveServer.Document, new()
            {
                Evidence = EvidenceMode.Passages,
                Generation = new() { MaxNewTokens = 30 },
            });
        }
    }

    [Fact]
    public async Task A_response_cites_each_passage_at_the_end_of_the_sentence_that_it_was_read_for()
    {
        var own = Own;
        ResponseResult response = await Client.CreateResponseAsync(new CreateResponseOptions
        {
            Model = "own",
            InputItems = { ResponseItem.CreateUserMessageItem([File("war.txt", LiveServer.Document)]) },
            MaxOutputTokenCount = 30,
        });
        var text = Assert.IsAssignableFrom<MessageResponseItem>(response.OutputItems.Single()).Content.Single();
        var citations = text.OutputTextAnnotations.Cast<FileCitationMessageAnnotation>().ToList();
        Assert.NotEmpty(citations);
        Assert.Equal(own.Text, text.Text);
        Assert.Equal(own.Evidence!.Sum(passages => passages.Count), citations.Count);
        Assert.All(citations, citation => Assert.Equal("war.txt", citation.Filename));
        Assert.All(citations, citation => Assert.Contains(own.Sentences,
            sentence => text.Text[..citation.Index].EndsWith(sentence, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Of_several_files_each_citation_names_its_own()
    {
        const string Trees =
            "Nobody planted the apple trees by the river. They grew from seeds that birds had dropped.";
        ResponseContentPart[] files = [File("war.txt", LiveServer.Document), File("trees.txt", Trees)];
        ResponseResult response = await Client.CreateResponseAsync(new CreateResponseOptions
        {
            Model = "own",
            InputItems = { ResponseItem.CreateUserMessageItem(files) },
            MaxOutputTokenCount = 120,
        });
        var text = Assert.IsAssignableFrom<MessageResponseItem>(response.OutputItems.Single()).Content.Single();
        var before = 0;
        foreach (var citation in text.OutputTextAnnotations.Cast<FileCitationMessageAnnotation>())
        {
            var sentence = text.Text[before..citation.Index].Trim();
            if (sentence.Length == 0) continue;
            Assert.Equal(Trees.Contains(sentence, StringComparison.Ordinal) ? "trees.txt" : "war.txt",
                citation.Filename);
            before = citation.Index;
        }
        Assert.True(before > 0);
    }

    [Fact]
    public async Task Microsoft_Extensions_AI_has_them_as_citations()
    {
        var answer = await Client.AsIChatClient("own").GetResponseAsync(LiveServer.Document,
            new() { MaxOutputTokens = 30 });
        var citations = answer.Messages.SelectMany(message => message.Contents)
            .SelectMany(content => content.Annotations ?? []).ToList();
        var own = Own;
        Assert.Equal(own.Text, answer.Text);
        Assert.Equal(own.Evidence!.Sum(passages => passages.Count), citations.Count);
        Assert.All(citations, one => Assert.Equal("input", Assert.IsType<CitationAnnotation>(one).FileId));
    }

    private static ResponseContentPart File(string name, string text)
        => ResponseContentPart.CreateInputFilePart(BinaryData.FromString(text), "text/plain", name);
}
