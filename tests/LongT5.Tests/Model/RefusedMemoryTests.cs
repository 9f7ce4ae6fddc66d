using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Model;

[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public class Alone;

/// <summary>
/// What is left when the system refuses the k-th allocation, for every k. Alone, because the refusal is the process's.
/// </summary>
[Collection(nameof(Alone))]
public class RefusedMemoryTests
{
    private static readonly int[] Input = [.. Enumerable.Range(0, 300).Select(i => 2 + i % 20), 1];

    [Theory]
    [InlineData(null)]
    [InlineData(ElementType.I8)]
    public void Loading_frees_what_it_took(ElementType? type)
        => ForEveryAllocation(() => LongT5Model.Load(TinyModel.Folder, threads: 1,
            new() { WeightType = type, InMemory = true }).Dispose());

    [Fact]
    public void Encoding_frees_what_it_took_and_the_model_serves_on()
    {
        using var model = LongT5Model.Load(TinyModel.Folder, threads: 1);
        using var expected = model.Encode(Input);
        ForEveryAllocation(() =>
        {
            using var encoded = model.Encode(Input);
            Assert.Equal(expected.States, encoded.States);
        });
        ForEveryAllocation(() =>
        {
            foreach (var encoded in model.Engine.EncodeBatch([Input, Input[280..], Input]))
                encoded.Dispose();
        });
    }

    [Fact]
    public void A_session_that_cannot_begin_frees_what_it_took()
    {
        using var model = LongT5Model.Load(TinyModel.Folder, threads: 1);
        using var encoded = model.Encode(Input);
        ForEveryAllocation(() => model.Engine.StartDecoding([encoded, encoded]).Dispose());
    }

    [Fact]
    public void A_session_survives_each_refusal_and_goes_on_with_the_same_bits()
    {
        using var model = LongT5Model.Load(TinyModel.Folder, threads: 1);
        using var encoded = model.Encode(Input);
        int[] tokens = [.. Enumerable.Range(0, 150).Select(i => 2 + i % 20)], parents = [.. Enumerable.Range(-1, 150)];
        float[] Logits(Action<EngineSession, float[]> run)
        {
            using var session = model.Engine.StartDecoding([encoded]);
            var logits = new float[session.VocabularySize];
            run(session, logits);
            return logits;
        }
        var expected = Logits((session, logits) => session.Extend(parents, tokens, logits));
        var actual = Logits((session, logits) => ForEveryAllocation(() => session.Extend(parents, tokens, logits),
            mayKeep: true));
        Assert.Equal(expected, actual);
    }

    /// <summary>
    /// Refuses the first allocation, then the second, and so on until none is left to refuse. Nothing may be held
    /// afterwards that was not before, but for what a session keeps for the next try.
    /// </summary>
    private static void ForEveryAllocation(Action action, bool mayKeep = false)
    {
        Scratch.Clear();
        for (var refused = 1; ; refused++)
        {
            var (before, count) = (NativeBuffer.BytesHeld, 0);
            NativeBuffer.Refusal = () =>
            {
                if (++count == refused)
                    throw new OutOfMemoryException();
            };
            try
            {
                action();
                Assert.True(count < refused, "an allocation was refused, and nobody said so");
                return;
            }
            catch (InsufficientMemoryException)
            {
                Scratch.Clear();
                Assert.True(mayKeep || before == NativeBuffer.BytesHeld,
                    $"allocation {refused} was refused: {NativeBuffer.BytesHeld - before} bytes are left");
            }
            finally
            {
                NativeBuffer.Refusal = null;
            }
        }
    }
}
