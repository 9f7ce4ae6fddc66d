using System.Text.Json;
using LongT5.Formats;
using LongT5.Torch;
using LongT5.Training.Losses;
using LongT5.Training.Tests.Torch;
using static TorchSharp.torch;

namespace LongT5.Training.Tests.Losses;

/// <summary>What a student learns of a teacher, against the recorded oracle.</summary>
public class DistillationLossTests
{
    const string Missing = "LONGT5_GOLDENS names the recorded results.";

    public static bool Here => Goldens.Whole;

    [Fact(Skip = Missing, SkipUnless = nameof(Here))]
    public void The_loss_of_soft_targets_and_its_gradient_are_the_oracles_at_every_alpha_and_temperature()
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden();
        var cases = golden.Cases.GetProperty("token_level").GetProperty("cases");
        foreach (var one in cases.EnumerateArray())
        {
            var (alpha, temperature) = (one.GetProperty("alpha").GetDouble(),
                one.GetProperty("temperature").GetDouble());
            var (student, teacher) = (golden.Tensor("student_logits").requires_grad_(),
                golden.Tensor("teacher_logits"));
            var labels = golden.Integers("labels");
            var rows = teacher.view(-1, teacher.shape[^1])
                .index_select(0, labels.view(-1).ne(Batch.Ignored).nonzero().view(-1));
            // With the unit matrix for a head, the states are the logits.
            var words = new HeadLoss(new CrossEntropy(weight: 1 - alpha), new SoftTargets(temperature, alpha));
            var loss = words.Of(student, eye(student.shape[^1]), labels, ScalarType.Float32,
                teacher: (start, count) => rows.narrow(0, start, count));
            Assert.Equal(one.GetProperty("loss").GetDouble(), loss.item<float>(), 5e-6);
            TorchModel.Backward(loss);
            golden.Agree(FormattableString.Invariant($"grad.student_logits.alpha{alpha}.temperature{temperature}"),
                student.grad!);
        }
    }

    [Fact(Skip = Missing, SkipUnless = nameof(Here))]
    public void The_loss_of_hidden_states_and_its_gradient_are_the_oracles()
    {
        using var scope = NewDisposeScope();
        using var golden = new Golden();
        var student = golden.Tensor("student_hidden").requires_grad_();
        var real = golden.Integers("hidden_mask").view(-1).nonzero().view(-1);
        var loss = HiddenStateLoss.Missed(null, student, real, golden.Tensor("teacher_hidden"), real);
        Assert.Equal(golden.Cases.GetProperty("cosine").GetProperty("loss").GetDouble(), loss.item<float>(), 1e-6);
        TorchModel.Backward(loss);
        golden.Agree("grad.student_hidden", student.grad!);
    }

    [Fact]
    public void A_projection_takes_states_to_the_width_of_the_teacher()
    {
        using var scope = NewDisposeScope();
        var (student, projection) = (randn(2, 3, 4), randn(6, 4));
        var places = arange(6, dtype: ScalarType.Int64);
        var teacher = student.matmul(projection.t());
        Assert.Equal(0, HiddenStateLoss.Missed(projection, student, places, teacher, places).item<float>(), 1e-6);
    }

    [Theory, InlineData(4), InlineData(2)]
    public void The_loss_of_cross_attention_is_the_divergence_of_where_the_two_look(int taughtHeads)
    {
        using var scope = NewDisposeScope();
        var (own, taught) = (randn(2, 4, 3, 7).log_softmax(-1), randn(2, taughtHeads, 3, 7).log_softmax(-1));
        var places = tensor(new long[] { 0, 2, 4 });
        var expected = 0.0;
        foreach (var place in (long[])[0, 2, 4])
        {
            var (student, teacher) = (own[place / 3].select(1, place % 3).exp(),
                taught[place / 3].select(1, place % 3).exp());
            if (taughtHeads != 4) (student, teacher) = (student.mean([0], keepdim: true), teacher.mean([0], true));
            expected += teacher.mul(teacher.div(student).log()).sum(-1).mean().item<float>() / 3;
        }
        Assert.Equal(expected, CrossAttentionLoss.Missed(own, taught, places).item<float>(), 1e-5);
        Assert.Equal(0, CrossAttentionLoss.Missed(own, own, places).item<float>(), 1e-6);
    }

    [Theory, MemberData(nameof(GoldenModel.Variants), MemberType = typeof(GoldenModel))]
    public void The_decoder_tells_where_it_looks_as_the_reference_does(string variant)
    {
        using var golden = new GoldenModel(variant);
        if (!golden.Has("forced.cross_attention")) return;
        using var untracked = no_grad();
        var (input, read) = (golden.Ids("forced.input_ids"), golden.Ids("forced.decoder_input_ids"));
        using var batch = new Batch([input], [[.. read[1..], 1]], golden.Config, CPU);
        List<Tensor> looks = [];
        golden.Model.Decode(batch, golden.Model.Encode(batch, default), default, looks: looks);
        Assert.Equal(golden.Config.NumDecoderLayers, looks.Count);
        var places = golden.Ids("forced.positions").Select(position => (long)position).ToArray();
        var last = looks[^1].exp().narrow(3, 0, input.Length).index_select(2, tensor(places));
        GoldenModel.Agree(golden.Values("forced.cross_attention"), last, variant);
    }

    sealed class Golden : IDisposable
    {
        readonly Safetensors _file = Safetensors.Open(Goldens.Path("distillation", "cases.safetensors"));

        public JsonElement Cases { get; } = JsonDocument.Parse(
            File.ReadAllBytes(Goldens.Path("distillation", "cases.json"))).RootElement;

        public Tensor Tensor(string name) => tensor(_file.Tensors[name].ToArray(), _file.Tensors[name].Shape);

        public Tensor Integers(string name) => tensor(
            _file.Tensors[name].ToIntegers(0, (int)_file.Tensors[name].Count).Select(one => (long)one).ToArray(),
            _file.Tensors[name].Shape);

        public void Agree(string name, Tensor actual)
        {
            var difference = Tensor(name).sub(actual).abs().max().item<float>();
            Assert.True(difference <= 2e-6 * Math.Max(1, Tensor(name).abs().max().item<float>()),
                $"{name} differs by {difference:g3}");
        }

        public void Dispose() => _file.Dispose();
    }
}
