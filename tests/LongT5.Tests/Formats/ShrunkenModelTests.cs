using System.Text.Json;
using LongT5.Formats;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Formats;

/// <summary>Students from evenly spaced layers.</summary>
public sealed class ShrunkenModelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-shrink-").FullName;

    public static bool Here => Goldens.Whole;

    [Fact(Skip = "LONGT5_GOLDENS names the recorded results.", SkipUnless = nameof(Here))]
    public void Layers_are_those_that_the_oracle_copies()
    {
        var shrink = JsonDocument.Parse(File.ReadAllBytes(Goldens.Path("distillation", "cases.json"))).RootElement
            .GetProperty("shrink").GetProperty("cases");
        Assert.NotEqual(0, shrink.GetArrayLength());
        foreach (var one in shrink.EnumerateArray())
            Assert.Equal(one.GetProperty("layers").EnumerateArray().Select(layer => (CopiedLayer)layer.GetInt32()),
                LayerChoice.ToCopy(one.GetProperty("teacher").GetInt32(), one.GetProperty("student").GetInt32()));
    }

    [Fact]
    public void Layers_ascend_from_the_first_one_for_every_pair_of_depths()
    {
        for (var teacher = 1; teacher <= 48; teacher++)
            for (var student = 1; student <= teacher; student++)
            {
                var layers = LayerChoice.ToCopy(teacher, student);
                Assert.Equal(student, layers.Distinct().Count());
                Assert.Equal(layers.OrderBy(layer => layer.Others), layers);
                Assert.Equal(0, layers[0]);
                Assert.InRange(layers[^1].Others, 0, teacher - 1);
            }
    }

    [Fact]
    public void A_student_opens_has_the_layers_it_says_and_all_else_of_its_teacher()
    {
        var teacher = TinyModel.Write(Path.Combine(_folder, "teacher"), """
            , "num_hidden_layers": 2, "task_specific_params": {"summarization": {"prefix": "sum: "}}
            """);
        var student = Path.Combine(_folder, "student");
        using (var checkpoint = Checkpoint.Open(teacher))
        {
            checkpoint.Shrink(1, 2).Save(student);
            using var opened = Checkpoint.Open(student);
            Assert.Equal((1, 2), (opened.Config.NumLayers, opened.Config.NumDecoderLayers));
            Assert.Empty(opened.Warnings);
            Assert.Equal("sum: ", opened.ConfigFields.GetProperty("task_specific_params").GetProperty("summarization")
                .GetProperty("prefix").GetString());
            foreach (var (name, tensor) in opened.Tensors)
                Assert.True(tensor.HasBytesOf(checkpoint.Tensors[name]), name);
            checkpoint.Shrink(2, 1).Save(Path.Combine(_folder, "shallow"));
        }
        using var whole = LongT5Model.Load(Path.Combine(_folder, "shallow"));
        Assert.Equal("a war", whole.Tokenizer.Decode(whole.Tokenizer.Encode("a war")));
        Assert.NotEmpty(whole.Generate([whole.Tokenizer.Encode("the art of war")])[0].Ids);
    }

    [Fact]
    public void The_last_layer_of_a_teacher_is_the_last_of_a_student_under_another_number()
    {
        const string First = "encoder.block.0.layer.1.DenseReluDense.wo.weight";
        using var teacher = Checkpoint.Open(TinyModel.Folder);
        Assert.Equal(teacher.Tensors.Keys, ShrunkenModel.Of(teacher, [0, 1], [0, 1]).Tensors.Keys);
        var (config, fields, tensors) = ShrunkenModel.Of(teacher, [1], [0]);
        Assert.Equal((1, 1), (config.NumLayers, config.NumDecoderLayers));
        Assert.Equal(1, fields.GetProperty("num_layers").GetInt32());
        Assert.True(tensors[First].HasBytesOf(teacher.Tensors[First.Replace("block.0", "block.1")]));
        Assert.DoesNotContain(tensors.Keys, name => name.StartsWith("decoder.block.1.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_layer_of_two_has_the_self_attention_of_one_and_all_else_of_the_other()
    {
        using var teacher = Checkpoint.Open(TinyModel.Folder);
        var (_, _, tensors) = ShrunkenModel.Of(teacher, [0, 1], CopiedLayer.ParseList("0/1"));
        foreach (var (name, tensor) in tensors)
        {
            if (!name.StartsWith("decoder.block.", StringComparison.Ordinal)) continue;
            Assert.StartsWith("decoder.block.0.", name);
            var from = name.StartsWith("decoder.block.0.layer.0.", StringComparison.Ordinal) ? name
                : name.Replace("block.0", "block.1");
            Assert.True(tensor.HasBytesOf(teacher.Tensors[from]), name);
        }
        Assert.Contains(tensors.Keys, name => name.Contains("decoder.block.0.layer.2.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_student_without_the_first_layer_keeps_the_tables_of_biases()
    {
        using (var teacher = Checkpoint.Open(TinyModel.Folder))
            teacher.Shrink([1], [1]).Save(Path.Combine(_folder, "second"));
        using var student = LongT5Model.Load(Path.Combine(_folder, "second"));
        Assert.NotEmpty(student.Generate([student.Tokenizer.Encode("the art of war")])[0].Ids);
    }

    [Theory, InlineData("0,2", "has the layers 0 to 1, and 2 is"), InlineData("0/2", "and 0/2 is"),
        InlineData("", "'' is no layer"), InlineData("0,x", "'x' is no layer"),
        InlineData("0/1/1", "'0/1/1' is no layer"), InlineData("-1", "'-1' is no layer")]
    public void Layers_that_are_not_there_are_refused_by_name(string layers, string message)
    {
        using var checkpoint = Checkpoint.Open(TinyModel.Folder);
        var refused = Assert.ThrowsAny<Exception>(() => checkpoint.Shrink(CopiedLayer.ParseList(layers), [0]));
        Assert.Contains(message, refused.Message);
    }

    [Theory, InlineData(0, 1, "encoder"), InlineData(3, 1, "encoder"), InlineData(1, 0, "decoder"),
        InlineData(1, 3, "decoder")]
    public void So_many_layers_as_there_are_not_are_refused(int encoder, int decoder, string stack)
    {
        using var checkpoint = Checkpoint.Open(TinyModel.Folder);
        var refused = Assert.Throws<ArgumentException>(() => checkpoint.Shrink(encoder, decoder));
        Assert.Contains($"The {stack} of", refused.Message);
        Assert.Contains("from 1 to 2", refused.Message);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
