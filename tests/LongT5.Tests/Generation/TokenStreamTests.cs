using LongT5.Generation;

namespace LongT5.Tests.Generation;

public class TokenStreamTests
{
    private static readonly GenerationOptions Options = new() { DecoderStartTokenId = 0, EosTokenId = [1], MaxNewTokens = 30 };

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task The_tokens_that_are_streamed_are_those_of_the_result(int beams)
    {
        using var session = ToySession.Random(3, 2, 20);
        var streamed = new List<int>[] { [], [] };
        IReadOnlyList<Generated>? results = null;
        await foreach (var item in TokenStream.RunAsync(session, [[3, 1], [4, 1]], Options with { NumBeams = beams }))
        {
            streamed[item.Input].AddRange(item.Ids);
            results ??= item.Results;
        }
        Assert.Equal(results!.Select(one => one.Ids), streamed.Select(ids => ids.ToArray()));
    }

    [Fact]
    public async Task Leaving_the_loop_stops_the_decoder()
    {
        using var session = new ToySession(1, 8, (_, _, _) => 1);
        await foreach (var item in TokenStream.RunAsync(session, [[1]], Options with { MaxNewTokens = 1_000_000 }))
            if (item.Ids.Length > 0)
                break;
        int calls = session.Calls;
        await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(calls, session.Calls);
    }

    [Fact]
    public async Task Cancelling_ends_the_stream()
    {
        using var stop = new CancellationTokenSource();
        using var session = new ToySession(1, 8, (_, _, _) => 1) { Extending = stop.Cancel };
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in TokenStream.RunAsync(session, [[1]], Options, cancellation: stop.Token))
                continue;
        });
    }

    [Fact]
    public async Task What_goes_wrong_is_thrown_to_the_reader()
    {
        using var session = new ToySession(1, 8, (_, _, _) => float.NaN);
        await Assert.ThrowsAsync<ArithmeticException>(async () =>
        {
            await foreach (var _ in TokenStream.RunAsync(session, [[1]], Options))
                continue;
        });
    }
}
