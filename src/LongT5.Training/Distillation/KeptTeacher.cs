using LongT5.Training.Data;
using static TorchSharp.torch;

namespace LongT5.Training.Distillation;

/// <summary>A teacher whose answers the engine computes once, and a file keeps.</summary>
/// <param name="model">The teacher.</param>
/// <param name="file">Its answers.</param>
/// <param name="kept">Logits of each position that are kept.</param>
/// <param name="device">Where the student computes.</param>
sealed class KeptTeacher(LongT5Model model, AnswerFile file, int kept, Device device) : Teacher
{
    readonly int _vocabulary = model.Config.VocabSize;

    /// <inheritdoc/>
    public override TeacherPass Take(IReadOnlyList<TokenizedExample> examples, LayerStates? layers)
    {
        List<int> ids = [];
        List<float> logits = [], rest = [];
        foreach (var example in examples)
        {
            var answer = Answer(example);
            foreach (var (position, label) in example.Target.Index())
            {
                if (label < 0) continue; // nothing is learned there
                ids.AddRange(answer.Ids.AsSpan(position * kept, kept));
                logits.AddRange(answer.Logits.AsSpan(position * kept, kept));
                rest.Add(answer.Rest[position]);
            }
        }
        var places = tensor(ids.Select(id => (long)id).ToArray(), [rest.Count, kept], device: device);
        var best = tensor(logits.ToArray(), [rest.Count, kept], device: device);
        var others = tensor(rest.ToArray(), [rest.Count, 1], device: device);
        return new((start, count) => others.narrow(0, start, count).expand(count, _vocabulary).clone()
            .scatter_(1, places.narrow(0, start, count), best.narrow(0, start, count)));
    }

    BestLogits Answer(TokenizedExample example)
    {
        var key = AnswerFile.KeyOf(example.Input, example.Target);
        if (file.Find(key) is { } known) return known;
        int[] read = [model.Config.DecoderStartTokenId ?? 0,
            .. example.Target[..^1].Select(id => id < 0 ? model.Config.PadTokenId : id)];
        var logits = new float[checked(read.Length * _vocabulary)];
        using (var encoded = model.Engine.Encode(example.Input))
        using (var session = model.Engine.StartDecoding([encoded]))
            session.Extend([Generation.DecoderSession.Root(0), .. Enumerable.Range(0, read.Length - 1)], read, logits);
        var answer = BestLogits.Of(logits, _vocabulary, kept);
        file.Add(key, answer);
        return answer;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        file.Dispose();
        model.Dispose();
    }
}
