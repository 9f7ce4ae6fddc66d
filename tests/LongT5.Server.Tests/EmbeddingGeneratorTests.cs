using LongT5.Extensions.AI;
using LongT5.Tasks;
using LongT5.Tests.Tasks;
using Microsoft.Extensions.AI;

namespace LongT5.Server.Tests;

/// <summary>
/// <see cref="LongT5EmbeddingGenerator"/>: the library's vectors, as Microsoft.Extensions.AI has them.
/// </summary>
public sealed class EmbeddingGeneratorTests : IDisposable
{
    private readonly LongT5Model _model = LongT5Model.Load(TinyModel.Folder);

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task Vectors_are_those_of_the_library_in_order()
    {
        var generator = new LongT5EmbeddingGenerator(_model, new() { MaxTokens = 6 });
        var vectors = await generator.GenerateAsync(["the art of war", "life"]);
        var embedder = new Embedder(_model);
        Assert.Equal(embedder.Embed("the art of war", 6).Vector.ToArray(), vectors[0].Vector.ToArray());
        Assert.Equal(embedder.Embed("life").Vector.ToArray(), vectors[1].Vector.ToArray());
        Assert.Equal(embedder.Embed("the art of war", 6).Tokens + embedder.Embed("life").Tokens,
            vectors.Usage!.InputTokenCount);
        var metadata = generator.GetService<EmbeddingGeneratorMetadata>()!;
        Assert.Equal(("longt5", embedder.Dimensions), (metadata.ProviderName, metadata.DefaultModelDimensions));
        Assert.Equal(metadata.DefaultModelId, vectors[0].ModelId);
    }

    [Fact]
    public async Task What_cannot_be_honoured_is_an_error_that_names_it()
    {
        var generator = new LongT5EmbeddingGenerator(_model);
        foreach (var (name, options) in new (string, EmbeddingGenerationOptions)[]
        {
            ("Dimensions", new() { Dimensions = 7 }),
            ("ModelId", new() { ModelId = "another" }),
            ("pooling", new() { AdditionalProperties = new() { ["pooling"] = "cls" } }),
            ("RawRepresentationFactory", new() { RawRepresentationFactory = _ => null }),
        })
            Assert.Contains(name, (await Assert.ThrowsAsync<NotSupportedException>(
                () => generator.GenerateAsync(["war"], options))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_is_cancelled_ends_it()
        => await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => new LongT5EmbeddingGenerator(_model).GenerateAsync(["war"], null, new(canceled: true)));
}
