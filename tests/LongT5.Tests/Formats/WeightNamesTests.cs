using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Formats;

/// <summary>What the tensors of a file are called, and which of them serve.</summary>
public sealed class WeightNamesTests : IDisposable
{
    private readonly ChangedFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, null, false, true)]    // before transformers 5, tying asks for scaling
    [InlineData(true, false, false, false)]  // transformers 5 parts the two
    [InlineData(false, true, false, true)]
    [InlineData(true, null, true, false)]    // a head of its own is not scaled
    [InlineData(false, true, true, true)]    // unless the file says so
    public void The_decoders_output_is_scaled_where_the_configuration_asks_for_it(
        bool tied, bool? scales, bool ownHead, bool scaled)
    {
        _folder.Config["tie_word_embeddings"] = tied;
        if (scales is { } said)
            _folder.Config["scale_decoder_outputs"] = said;
        if (!ownHead)
            _folder.Tensors.Remove("lm_head.weight");

        using var checkpoint = _folder.Open();
        using var network = Network.Load(checkpoint, Workers.Shared);

        Assert.Equal((scaled, ownHead), (checkpoint.ScalesDecoderOutput, checkpoint.HasOwnHead));
        var unscaled = Logits(checkpoint, network);
        _folder.Config["scale_decoder_outputs"] = !scaled;
        using var other = _folder.Open();
        using var otherNetwork = Network.Load(other, Workers.Shared);
        var ratio = Logits(other, otherNetwork)[0] / unscaled[0];
        Assert.Equal(MathF.Pow(checkpoint.Config.DModel, scaled ? 0.5f : -0.5f), ratio, 1e-3f);
    }

    [Theory]
    [InlineData("encoder.embed_tokens.weight")]
    [InlineData("decoder.embed_tokens.weight")]
    public void An_embedding_that_differs_from_the_shared_one_serves_its_stack_and_is_kept_when_written(string name)
    {
        using var plain = _folder.Open();
        var values = _folder.Add(name, 160, 32);
        using var checkpoint = _folder.Open();
        using var network = Network.Load(checkpoint, Workers.Shared);
        using var plainNetwork = Network.Load(plain, Workers.Shared);
        Assert.NotEqual(Logits(plain, plainNetwork), Logits(checkpoint, network));

        using var scratch = new Scratch();
        var saved = Path.Combine(scratch.Root, "saved");
        checkpoint.Save(saved);
        using var again = Checkpoint.Open(saved);
        using var againNetwork = Network.Load(again, Workers.Shared);
        Assert.Equal(values, again.Tensors[name].ToArray());
        Assert.Equal(Logits(checkpoint, network), Logits(again, againNetwork));
    }

    [Fact]
    public void An_embedding_that_is_a_copy_of_the_shared_one_is_not_kept_twice()
    {
        _folder.Tensors.Add("encoder.embed_tokens.weight",
            _folder.Tensors["shared.weight"] with { Name = "encoder.embed_tokens.weight" });
        using var checkpoint = _folder.Open();
        Assert.Equal(55, checkpoint.Tensors.Count);
        Assert.Empty(checkpoint.Warnings);
    }

    [Fact]
    public void Where_the_shared_embedding_is_missing_that_of_a_stack_serves_both()
    {
        using var plain = _folder.Open();
        _folder.Rename(name => name == "shared.weight" ? "decoder.embed_tokens.weight" : name);
        using var checkpoint = _folder.Open();
        Assert.Equal(plain.Tensors["shared.weight"].ToArray(), checkpoint.Tensors["shared.weight"].ToArray());
        Assert.Empty(checkpoint.Warnings);
    }

    [Theory]
    [InlineData("module.")]
    [InlineData("_orig_mod.")]
    [InlineData("model.")]
    [InlineData("module._orig_mod.")]
    [InlineData("_orig_mod.module.")]
    [InlineData("_forward_module.model.")]
    public void Names_behind_a_wrapper_are_taken_with_a_word(string prefix)
    {
        _folder.Rename(name => prefix + name);
        using var checkpoint = _folder.Open();
        Assert.Equal(55, checkpoint.Tensors.Count);
        Assert.Contains(prefix.Split('.')[0], Assert.Single(checkpoint.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Wrappers_inside_a_name_are_taken_off_too()
    {
        _folder.Rename(name => "module." + name.Replace("layer.0", "_checkpoint_wrapped_module.layer.0",
            StringComparison.Ordinal));
        using var checkpoint = _folder.Open();
        Assert.Equal(55, checkpoint.Tensors.Count);
    }

    [Fact]
    public void Two_models_in_one_file_are_an_error_that_names_both()
    {
        foreach (var (name, tensor) in _folder.Tensors.ToArray())
            _folder.Tensors.Add($"teacher.{name}", tensor with { Name = $"teacher.{name}" });
        _folder.Rename(name => name.StartsWith("teacher.", StringComparison.Ordinal) ? name : $"student.{name}");
        var message = Assert.Throws<BadFileException>(_folder.Open).Message;
        Assert.Contains("student.", message, StringComparison.Ordinal);
        Assert.Contains("teacher.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_of_the_model_is_passed_over_with_a_warning_that_names_it()
    {
        _folder.Add("v_head.summary.weight", 1, 32);
        _folder.Add("a.scalar");
        _folder.Add("nothing", 0);
        _folder.Tensors.Add("steps", OutgoingTensor.Of("steps", [1], new int[1]));

        using var checkpoint = _folder.Open();

        Assert.Equal(55, checkpoint.Tensors.Count);
        var warning = Assert.Single(checkpoint.Warnings);
        Assert.Contains("4 more", warning, StringComparison.Ordinal);
        Assert.Contains("and 1 others", warning, StringComparison.Ordinal);
        Assert.Empty(checkpoint.Verify());
    }

    [Theory]
    [InlineData("encoder.block.2.layer.0.layer_norm.weight")]
    [InlineData("decoder.block.11.layer.0.layer_norm.weight")]
    public void Layers_beyond_those_of_the_configuration_are_an_error(string name)
    {
        _folder.Add(name, 32);
        Assert.Contains(name, Assert.Throws<BadFileException>(_folder.Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empty_shells_of_ZeRO_are_told_with_what_to_do()
    {
        foreach (var name in _folder.Tensors.Keys.ToArray())
            _folder.Add(name, 0);
        var message = Assert.Throws<BadFileException>(_folder.Open).Message;
        Assert.Contains("ZeRO-3", message, StringComparison.Ordinal);
        Assert.Contains("zero_to_fp32.py", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_wrong_tensors_are_one_line_with_a_count_and_three_names()
    {
        _folder.Rename(name => name.Replace("encoder", "crypter", StringComparison.Ordinal));
        var message = Assert.Throws<BadFileException>(_folder.Open).Message;
        Assert.DoesNotContain('\n', message);
        Assert.Contains("model.safetensors", message, StringComparison.Ordinal);
        Assert.Contains("23 missing: encoder.", message, StringComparison.Ordinal);
        Assert.Contains("and 20 others", message, StringComparison.Ordinal);
        Assert.True(message.Length < 1000, message);
    }

    private static float[] Logits(Checkpoint checkpoint, Network network)
    {
        using var encoded = network.Encode([5, 9, 31, 77, 1]);
        using var session = network.StartDecoding([encoded]);
        var logits = new float[2 * checkpoint.Config.VocabSize];
        session.Extend([DecoderSession.Root(0), 0], [0, 44], logits);
        return logits;
    }
}
