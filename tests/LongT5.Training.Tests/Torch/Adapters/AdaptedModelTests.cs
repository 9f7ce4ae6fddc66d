using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Torch;
using LongT5.Torch.Adapters;
using LongT5.Torch.Layers;
using LongT5.Torch.Native;
using LongT5.Training.Tests.Losses;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Torch.Adapters;

/// <summary>
/// Adapters beside the model on tensors, against what PEFT and the reference compute of the same folders.
/// </summary>
public sealed class AdaptedModelTests
{
    static readonly string[] s_all = ["q", "k", "v", "o", "wi_0", "wi_1", "wo"];

    static readonly Dictionary<string, AdapterOptions> s_adapters = new()
    {
        ["lora-qv"] = new() { Rank = 4, Alpha = 16 },
        ["lora-all"] = new() { Rank = 3, Alpha = 6, Targets = s_all },
        ["lora-rslora"] = new() { Rank = 4, Alpha = 8, RankStabilized = true },
        ["lora-patterns"] = new()
        {
            Rank = 4,
            Alpha = 8,
            Targets = ["q", "wo", "v"],
            RankPattern = new() { ["wo"] = 2 },
            AlphaPattern = new() { ["wo"] = 4 },
            ModulesToSave = ["lm_head"],
        },
        ["dora"] = new() { Kind = AdapterMethod.Dora, Rank = 4, Alpha = 8 },
        ["ia3"] = new() { Kind = AdapterMethod.Ia3 },
        ["houlsby"] = new() { Kind = AdapterMethod.Houlsby, Size = 6 },
        ["pfeiffer"] = new()
        {
            Kind = AdapterMethod.Pfeiffer,
            Size = 8,
            NonLinearity = NonLinearity.Relu,
            TrainNorms = false
        },
    };

    static readonly LongT5Config s_config = new();

    public static TheoryData<string> Folders => [.. s_adapters.Keys];

    [Theory, MemberData(nameof(Folders))]
    public void Logits_of_every_adapter_agree(string name)
    {
        if (!Directory.Exists(Goldens.Path("adapters", name)))
            Assert.Skip("The whole collection of goldens is needed.");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var model = Open(name, out _);
        var cases = name is "houlsby" or "pfeiffer"
            ? Goldens.Path("adapters", name, "cases.safetensors") : Goldens.Path("adapters", "expected.safetensors");
        using var expected = Safetensors.Open(cases);
        using var inputs = Safetensors.Open(Goldens.Path("adapters", "expected.safetensors"));
        var decoder = Rows(inputs, "decoder_input_ids");
        // What the decoder reads is its labels, one later.
        using var batch = new Batch(Rows(inputs, "input_ids"), [.. decoder.Select(row => (int[])[.. row[1..], 1])],
            model.Config, CPU);
        GoldenModel.Agree(expected.Tensors[name is "houlsby" or "pfeiffer" ? "logits" : $"logits.{name}"].ToArray(),
            model.Logits(batch), name);
    }

    [Theory, MemberData(nameof(Folders))]
    public void A_folder_has_the_tensors_and_says_what_PEFT_writes_of_the_same_adapter(string name)
    {
        if (!Directory.Exists(Goldens.Path("adapters", name)))
            Assert.Skip("The whole collection of goldens is needed.");
        // Of options that no adapter here has: PEFT's own defaults.
        string[] others = ["peft_version", "megatron_core", "qalora_group_size"];
        using var model = Open(name, out var trained);
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            AdapterFolder.Write(folder.FullName, s_adapters[name], trained, null, ModelHead.Embedding);
            using var theirs = Safetensors.Open(Goldens.Path("adapters", name, "adapter_model.safetensors"));
            using var ours = Safetensors.Open(Path.Combine(folder.FullName, "adapter_model.safetensors"));
            Assert.Equal(theirs.Tensors.Keys.Order(), ours.Tensors.Keys.Order());
            foreach (var (tensor, value) in theirs.Tensors)
            {
                Assert.Equal((value.Type, string.Join(' ', value.Shape)),
                    (ours.Tensors[tensor].Type, string.Join(' ', ours.Tensors[tensor].Shape)));
                Assert.Equal(value.ToArray(), ours.Tensors[tensor].ToArray());
            }
            var (said, expected) = (Fields(folder.FullName), Fields(Goldens.Path("adapters", name)));
            foreach (var (field, value) in expected.Where(one => one.Value is not ("null" or "false" or "{}")
                && !others.Contains(one.Key))) Assert.Equal((field, value), (field, said.GetValueOrDefault(field)));
            foreach (var (field, value) in said)
                Assert.Equal((field, value), (field, expected.GetValueOrDefault(field)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        static Dictionary<string, string> Fields(string folder)
        {
            using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")));
            return json.RootElement.EnumerateObject().ToDictionary(field => field.Name, field
                => field.Value.ValueKind switch
                {
                    JsonValueKind.Array => string.Join(' ', field.Value.EnumerateArray().Select(one => one.ToString())
                        .Order(StringComparer.Ordinal)),
                    JsonValueKind.Number => field.Value.GetDouble().ToString(CultureInfo.InvariantCulture),
                    _ => JsonSerializer.Serialize(field.Value),
                });
        }
    }

    [Theory, InlineData(AdapterMethod.Lora), InlineData(AdapterMethod.Dora)]
    public void Dropout_falls_on_what_enters_a_product_as_in_PEFT_and_only_in_a_step(AdapterMethod kind)
    {
        const int Width = 64, Rows = 50;
        const double Share = 0.25, Scale = 0.5;
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        random.manual_seed(7);
        var dropout = new AdapterDropout(Share);
        var map = new MatrixLinear(new(s_config, new(), "map"), Width, Width);
        map.Last.copy_(randn(Width, Width));
        using var generator = new Generator(3, CPU);
        Func<Dropout> first = () => dropout.Of(0);
        map.Attach(kind == AdapterMethod.Dora ? new DoraAdapter(map, Width, Scale, new(), generator, first)
            : new LoraAdapter(map, Width, Scale, new(), generator, first));
        var (a, b, w) = (Named("lora_A.weight").copy_(eye(Width)), Named("lora_B.weight").copy_(eye(Width)), map.Last);
        var ratio = ones(Width);
        if (kind == AdapterMethod.Dora)
        {
            Named("lora_magnitude_vector").copy_(rand(Width) + 1);
            ratio = Named("lora_magnitude_vector") / (w + Scale * eye(Width)).Squared().sum([1L]).sqrt();
        }
        var x = rand(Rows, Width) + 1;
        var whole = map.forward(x);
        using (dropout.In(5))
        {
            var y = map.forward(x);
            Assert.True(map.forward(x).equal(y).all().item<bool>());
            Assert.False(whole.equal(y).all().item<bool>());
            // What was dropped is asked of the dropout itself: the matrices beside W are the identity.
            var dropped = dropout.Of(0).Apply(x, 0);
            var (plain, less) = (x.mm(w.t()), dropped.mm(w.t()));
            GoldenModel.Agree((plain + (ratio - 1) * less + ratio * Scale * dropped).cpu().contiguous().data<float>()
                .ToArray(), y, "with dropout");
            Assert.InRange(dropped.eq(0).to_type(ScalarType.Float32).mean().item<float>(), 0.2, 0.3);
            Assert.False(dropout.Of(1).Apply(x, 0).equal(dropped).all().item<bool>());
        }
        Assert.True(map.forward(x).equal(whole).all().item<bool>());

        TorchSharp.Modules.Parameter Named(string name)
            => map.named_parameters().Single(one => one.name == name).parameter;
    }

    [Theory, InlineData("houlsby"), InlineData("pfeiffer")]
    public void Loss_and_gradients_of_bottlenecks_agree(string name)
    {
        if (!Directory.Exists(Goldens.Path("adapters", name)))
            Assert.Skip("The whole collection of goldens is needed.");
        using var scope = NewDisposeScope();
        using var model = Open(name, out var trained);
        using var cases = Safetensors.Open(Goldens.Path("adapters", name, "cases.safetensors"));
        var lengths = Rows(cases, "batch.attention_mask").Select(row => row.Sum());
        var targets = Rows(cases, "batch.labels").Select(row => row.TakeWhile(id => id >= 0).ToArray());
        using var batch = new Batch([.. Rows(cases, "batch.input_ids").Zip(lengths, (row, length) => row[..length])],
            [.. targets], model.Config, CPU);
        var loss = model.Loss(batch);
        TorchModel.Backward(loss);
        GoldenModel.Agree(cases.Tensors["batch.loss"].ToArray(), loss, "loss");
        Assert.Equal(cases.Tensors.Keys.Count(key => key.StartsWith("batch.grad.", StringComparison.Ordinal)),
            trained.Count);
        foreach (var (weight, parameter) in trained)
            GoldenModel.Agree(cases.Tensors[$"batch.grad.{weight}"].ToArray(), parameter.grad!,
                $"the gradient of {weight}");
        Assert.All(model.named_parameters().Where(p => !trained.Any(one => one.Name == p.name)),
            p => Assert.Null(p.parameter.grad));
    }

    [Theory]
    [InlineData(AdapterMethod.Lora), InlineData(AdapterMethod.Dora), InlineData(AdapterMethod.Ia3)]
    public void The_gradient_of_an_adapter_is_the_slope_of_the_loss(AdapterMethod kind)
    {
        using var scope = NewDisposeScope();
        using var model = Base();
        var trained = AdaptedModel.Attach(model, new() { Kind = kind, Rank = 3 }, seed: 1);
        using (no_grad())
            foreach (var (_, weight) in trained) weight.add_(randn_like(weight), 0.05);
        using var batch = new Batch([[.. Enumerable.Range(5, 40)], [7, 8, 9]], [[4, 5, 6], [9]], model.Config, CPU);
        TorchModel.Backward(model.Loss(batch));
        foreach (var (name, weight) in trained.Where(one => kind != AdapterMethod.Dora
            || one.Name.EndsWith("magnitude_vector", StringComparison.Ordinal)))
        {
            using var frozen = no_grad();
            var direction = weight.grad! / weight.grad!.norm();
            var length = weight.grad!.norm().item<float>();
            var slope = (At(2e-3) - At(-2e-3)) / 4e-3;
            Assert.True(Math.Abs(slope - length) <= 0.03 * length + 2e-3,
                $"{name}: the slope is {slope:g4}, the gradient {length:g4}");

            double At(double distance)
            {
                using var inner = NewDisposeScope();
                var before = weight.clone();
                weight.add_(direction, distance);
                var loss = model.Loss(batch).item<float>();
                weight.copy_(before);
                return loss;
            }
        }
    }

    [Fact]
    public void A_name_of_no_part_is_refused()
    {
        using var model = Base();
        Assert.Contains("there are ",
            Assert.Throws<ArgumentException>(() => AdaptedModel.Attach(model, new() { Targets = ["query"] },
                1)).Message);
        using var other = Base();
        Assert.Contains("lm_hed",
            Assert.Throws<ArgumentException>(() => AdaptedModel.Attach(other, new() { ModulesToSave = ["lm_hed"] },
                1)).Message);
    }

    static TorchModel Base()
    {
        using var checkpoint = Checkpoint.Open(Goldens.Folders("models").Select(name => Goldens.Path("models", name))
            .First());
        return TorchWeights.Open(checkpoint, new());
    }

    static TorchModel Open(string name, out IReadOnlyList<(string Name, TorchSharp.Modules.Parameter Weight)> trained)
    {
        using var checkpoint = Checkpoint.Open(Goldens.Path("adapters", "base"));
        var model = TorchWeights.Open(checkpoint, new());
        trained = AdaptedModel.Attach(model, s_adapters[name], seed: 1);
        AdapterFolder.Read(Goldens.Path("adapters", name), trained, ModelHead.Embedding);
        return model;
    }

    static int[][] Rows(Safetensors file, string name)
        => [.. MemoryMarshal.Cast<byte, int>(file.Tensors[name].Bytes()).ToArray()
            .Chunk((int)file.Tensors[name].Shape[^1])];
}
