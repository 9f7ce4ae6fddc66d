using LongT5.Data.Scoring;
using LongT5.Formats;
using LongT5.Hub;
using LongT5.Text;
using LongT5.Torch;
using LongT5.Training.Data;
using LongT5.Training.Losses;
using static TorchSharp.torch;

namespace LongT5.Training.Distillation;

/// <summary>The teacher of a run, and the terms of the loss that it brings.</summary>
sealed class Distiller : IDisposable
{
    readonly DistillationOptions _options;
    readonly Teacher _teacher;
    readonly LayerMap _map;

    /// <summary>Opens the teacher.</summary>
    /// <param name="options">The run, with a distillation that was checked.</param>
    /// <param name="student">The shape of the student.</param>
    /// <param name="how">Where and how the student computes.</param>
    public Distiller(TrainingOptions options, LongT5Config student, TorchOptions how)
    {
        _options = options.Distillation!;
        using var checkpoint = ModelLocation.Open(_options.Teacher);
        var config = checkpoint.Config;
        _map = LayerMap.Of(_options, student, config);
        Projections = new(student.DModel, _options.HiddenStates > 0 ? config.DModel : student.DModel, options.Seed,
            how.Device);
        _teacher = _options.Answers is { } path ? Kept(checkpoint, path, how.Device)
            : new ModelTeacher(TorchWeights.Open(checkpoint, how with { Recompute = false }));
    }

    /// <summary>What is trained beside the student.</summary>
    public Projections Projections { get; }

    /// <summary>The terms of the loss that stand beside that of the words.</summary>
    public IEnumerable<LossTerm> Terms()
    {
        if (_options.HiddenStates > 0)
            yield return new HiddenStateLoss(_map, Projections) { Weight = _options.HiddenStates };
        if (_options.CrossAttention > 0)
            yield return new CrossAttentionLoss(_map) { Weight = _options.CrossAttention };
    }

    /// <summary>What is to be kept of a pass of the student or the teacher; null for nothing.</summary>
    public LayerStates? Layers => _options.SeesLayers ? new(_options.CrossAttention > 0) : null;

    /// <summary>What the teacher says of a batch.</summary>
    public TeacherPass Teach(IReadOnlyList<TokenizedExample> examples) => _teacher.Take(examples, Layers);

    /// <summary>Holds a teacher against its student, before anything is computed or written.</summary>
    /// <param name="options">The run.</param>
    /// <param name="student">The shape of the student.</param>
    /// <param name="tokenizer">The student's vocabulary.</param>
    /// <exception cref="ArgumentException">The two do not fit together.</exception>
    public static void Check(TrainingOptions options, LongT5Config student, Tokenizer tokenizer)
    {
        if (options.Distillation is not { } distillation) return;
        using var teacher = ModelLocation.Open(distillation.Teacher);
        if (teacher.IsEncoderOnly || !teacher.Head.WritesText())
            throw new ArgumentException($"{distillation.Teacher} cannot teach: a model that writes text was expected.");
        LayerMap.Of(distillation, student, teacher.Config);
        if (distillation.SeesLayers && student.Extensions.IsReversible)
            throw new ArgumentException($"{(distillation.HiddenStates > 0 ? "hiddenStates" : "crossAttention")} wants "
                + "what lies between the layers, and a reversible student keeps none of it: leave it out.");
        if (distillation.CrossAttention > 0
            && student.Extensions.PoolingStride is var own && teacher.Config.Extensions.PoolingStride is var other
            && own != other)
            throw new ArgumentException($"crossAttention compares where the two look, and the teacher looks at groups "
                + $"of {other} tokens, the student of {own}: leave it out.");
        var names = $"The teacher {distillation.Teacher} and the student {options.From ?? options.Model}";
        const string Advice = "A student learns from a teacher of the same vocabulary.";
        if (teacher.Config.VocabSize != student.VocabSize)
            throw new ArgumentException($"{names} differ in their vocabularies: {teacher.Config.VocabSize} and "
                + $"{student.VocabSize} words. {Advice}");
        if (teacher.VocabularyPath is not { } path) return; // nothing to be held against the student's
        var theirs = Tokenizer.Load(path);
        for (var id = 0; id < Math.Min(theirs.VocabularySize, tokenizer.VocabularySize); id++)
            if (theirs.Piece(id) != tokenizer.Piece(id))
                throw new ArgumentException($"{names} differ in their vocabularies: {id} is {theirs.Piece(id)} there "
                    + $"and {tokenizer.Piece(id)} here. {Advice}");
    }

    KeptTeacher Kept(Checkpoint checkpoint, string path, Device device)
    {
        var kept = Math.Min(_options.Kept, checkpoint.Config.VocabSize);
        var file = new AnswerFile(path, $"the model {Fingerprint.OfFolder(checkpoint.Folder)}", kept);
        try
        {
            return new(LongT5Model.Load(_options.Teacher), file, kept, device);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _teacher.Dispose();
        Projections.Dispose();
    }
}
