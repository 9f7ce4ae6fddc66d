using LongT5.Formats;
using LongT5.Torch;
using LongT5.Training.Optimizers;
using LongT5.Training.Tests.Losses;
using LongT5.Training.Tests.Torch;
using TorchSharp;
using TorchSharp.Modules;
using OptimizerOptions = LongT5.Training.Optimizers.OptimizerOptions;

namespace LongT5.Training.Tests.Optimizers;

public sealed class OptimizerTests
{
    [Theory]
    [MemberData(nameof(GoldenModel.Variants), MemberType = typeof(GoldenModel))]
    public void Ten_steps_of_AdamW_are_those_of_PyTorch(string variant)
        => TenSteps(variant, "adamw", new() { Kind = OptimizerKind.AdamW, Rate = 1e-3, WeightDecay = 0.01 });

    [Theory]
    [MemberData(nameof(GoldenModel.Variants), MemberType = typeof(GoldenModel))]
    public void Ten_steps_of_Adafactor_by_its_other_name_are_those_of_transformers(string variant)
        => TenSteps(variant, "adafactor", new() { Kind = OptimizerKind.AdafactorHuggingFace, Rate = 1e-3 });

    [Fact]
    public void Five_steps_of_Adafactor_are_those_of_T5X()
    {
        var path = Goldens.Path("adapters", "adafactor-t5x.safetensors");
        if (!File.Exists(path)) Assert.Skip("The whole collection of goldens is needed.");
        using var scope = torch.NewDisposeScope();
        using var file = Safetensors.Open(path);
        string[] names = [.. file.Tensors.Keys.Where(name => name.EndsWith(".0", StringComparison.Ordinal)
            && name.StartsWith("param.", StringComparison.Ordinal)).Select(name => name[6..^2])];
        var weights = names.Select(name => (name, Weight: new Parameter(Read(file, $"param.{name}.0")))).ToArray();
        using var optimizer = new OptimizerOptions { Kind = OptimizerKind.Adafactor }.Create(weights)[0];
        for (var step = 0; step < 5; step++)
        {
            foreach (var (name, weight) in weights) weight.grad = Read(file, $"grad.{name}.{step}");
            optimizer.Step(0.01, step + 1);
        }
        foreach (var (name, weight) in weights)
            GoldenModel.Agree(file.Tensors[$"param.{name}.5"].ToArray(), weight, name);
    }

    [Fact]
    public void Muon_makes_the_singular_values_of_every_update_nearly_equal()
    {
        using var scope = torch.NewDisposeScope();
        using var generator = new torch.Generator(1, torch.CPU);
        var matrices = torch.randn([3, 48, 20], generator: generator);
        var values = torch.linalg.svdvals(Muon.Orthogonal(matrices, torch.ScalarType.Float32));
        Assert.InRange(values.min().item<float>(), 0.5f, 1.3f);
        Assert.InRange(values.max().item<float>(), 0.5f, 1.3f);
    }

    [Fact]
    public void Muon_leaves_embeddings_tables_and_norms_to_AdamW()
    {
        using var scope = torch.NewDisposeScope();
        static Parameter Of(params long[] shape) => new(torch.zeros(shape));
        var optimizers = new OptimizerOptions { Kind = OptimizerKind.Muon }.Create(
            [("shared.weight", Of(9, 4)), ("encoder.q.weight", Of(4, 4)),
                ("encoder.relative_attention_bias.weight", Of(32, 2)), ("norm.weight", Of(4))]);
        Assert.Equal(["encoder.q.weight"], optimizers[0].Parameters.Select(p => p.Name));
        Assert.Equal(3, optimizers[1].Parameters.Count);
    }

    static void TenSteps(string variant, string rule, OptimizerOptions options)
    {
        using var golden = new GoldenModel(variant);
        if (!golden.Has($"{rule}.losses")) Assert.Skip("The whole collection of goldens is needed.");
        using var scope = torch.NewDisposeScope();
        using var batch = golden.Batch();
        using var optimizer =
            options.Create([.. golden.Model.named_parameters().Select(p => (p.name, p.parameter))])[0];
        var losses = new float[10];
        for (var step = 0; step < 10; step++)
        {
            using var inner = torch.NewDisposeScope();
            foreach (var (_, weight) in optimizer.Parameters) weight.grad = null;
            var loss = golden.Model.Loss(batch, new());
            loss.backward();
            losses[step] = loss.item<float>();
            optimizer.Step(options.Rate, step + 1);
        }
        GoldenModel.Agree(golden.Values($"{rule}.losses"), torch.tensor(losses), $"{rule}: losses");
        GoldenModel.Agree(golden.Values($"{rule}.shared_after"), golden.Model.get_parameter("shared.weight")!,
            $"{rule}: the embedding");
    }

    static torch.Tensor Read(Safetensors file, string name)
    {
        var tensor = torch.zeros(file.Tensors[name].Shape);
        TorchWeights.Read(file.Tensors[name], tensor);
        return tensor;
    }
}
