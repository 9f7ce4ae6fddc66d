using LongT5.Torch;
using LongT5.Training.Data;
using LongT5.Training.Losses;
using static TorchSharp.torch;

namespace LongT5.Training.Distillation;

/// <summary>A teacher that is a model like the one in training, asked anew in every step.</summary>
sealed class ModelTeacher(TorchModel model) : Teacher
{
    /// <inheritdoc/>
    public override TeacherPass Take(IReadOnlyList<TokenizedExample> examples, LayerStates? layers)
    {
        using var untracked = no_grad();
        using var batch = new Batch([.. examples.Select(example => example.Input)],
            [.. examples.Select(example => example.Target)], model.Config, model.Options.Device);
        var output = ForwardPass.Take(model, batch, layers: layers).Output; // [B, T, C]
        var rows = output.view(-1, output.shape[^1]).index_select(0, TeacherPass.Places(batch));
        var (type, head) = (model.Options.MatrixType, model.Head);
        return new((start, count) => nn.functional.linear(rows.narrow(0, start, count).to_type(type),
            head.detach().to_type(type)).to_type(ScalarType.Float32))
        {
            Layers = layers,
            InputLength = batch.InputLength,
        };
    }

    /// <inheritdoc/>
    public override void Dispose() => model.Dispose();
}
