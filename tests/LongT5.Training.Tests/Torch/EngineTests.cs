using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Torch;

/// <summary>The paper is written down twice, in spans and in tensors: here the two are held together.</summary>
public class EngineTests
{
    public static TheoryData<string> Variants => GoldenModel.Variants;

    [Theory, MemberData(nameof(Variants))]
    public void The_tensors_and_the_engine_agree_layer_by_layer(string variant)
    {
        using var golden = new GoldenModel(variant);
        using var network = Network.Load(golden.Checkpoint, Workers.Shared);
        using var frozen = no_grad();
        foreach (var length in new[] { 1, 15, 130, 333 })
        {
            using var scope = NewDisposeScope();
            var ids = Ids(length, golden.Config.VocabSize);
            var states = golden.HiddenStates(ids);
            using var encoded = network.Encode(ids, observer: (layer, engine) =>
                GoldenModel.Agree(engine, states[layer].narrow(1, 0, length), $"layer {layer} of {length} tokens"));
        }
    }

    [Theory, MemberData(nameof(Variants))]
    public void The_tensors_and_the_engine_write_the_same_logits(string variant)
    {
        using var golden = new GoldenModel(variant);
        using var network = Network.Load(golden.Checkpoint, Workers.Shared);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var (ids, target) = (Ids(210, golden.Config.VocabSize), Ids(140, golden.Config.VocabSize));
        using var batch = new Batch([ids], [target], golden.Config, CPU);

        using var encoded = network.Encode(ids);
        using var session = network.StartDecoding([encoded]);
        var fed = batch.DecoderIds.data<long>().Select(id => (int)id).ToArray();
        var logits = new float[fed.Length * golden.Config.VocabSize];
        session.Extend([.. Enumerable.Range(0, fed.Length).Select(i => i == 0 ? DecoderSession.Root(0) : i - 1)],
            fed, logits);
        GoldenModel.Agree(logits, golden.Model.Logits(batch), "logits");
    }

    static int[] Ids(int count, int vocabulary)
    {
        var dice = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => dice.Next(2, vocabulary))];
    }
}
