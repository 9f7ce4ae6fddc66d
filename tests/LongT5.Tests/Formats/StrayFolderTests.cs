using System.Text;
using LongT5.Formats;

namespace LongT5.Tests.Formats;

/// <summary>
/// Accidents with checkpoints that people meet: each is one sentence that says what lies there and what to do.
/// </summary>
public sealed class StrayFolderTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("adapter for org/base", "adapter_config.json")]
    [InlineData("model.safetensors.index.json", "model-00001-of-00002.safetensors")]
    [InlineData("pytorch_model.bin.index.json", "pytorch_model-00001-of-00002.bin")]
    [InlineData("flax_model.msgpack.index.json", "flax_model-00001-of-00002.msgpack")]
    [InlineData("merge-weights", "__0_0.distcp")]
    [InlineData("merge-weights", "pytorch_model_fsdp_0/x")]
    [InlineData("zero_to_fp32.py", "global_step100/x")]
    [InlineData("zero_to_fp32.py", "zero_to_fp32.py")]
    [InlineData("TensorFlow", "tf_model.h5")]
    [InlineData("TensorFlow", "model.ckpt-1000.index")]
    [InlineData("ONNX", "onnx/encoder_model.onnx")]
    [InlineData("GGUF", "model-q8.gguf")]
    [InlineData("rust-bert", "rust_model.ot")]
    [InlineData("not finished", "model.safetensors.incomplete")]
    public void A_folder_without_weights_is_told_for_what_it_is(string told, string file)
    {
        Write("config.json", "{}");
        Write(file, """{"base_model_name_or_path": "org/base"}""");
        Told(told, _scratch.Root);
    }

    [Fact]
    public void One_shard_of_several_points_to_its_folder()
    {
        Write("config.json", "{}");
        Write("model-00001-of-00002.safetensors", "");
        Told("one of 2 shards", Path.Combine(_scratch.Root, "model-00001-of-00002.safetensors"));
    }

    [Fact]
    public void A_trainers_output_folder_names_its_newest_checkpoint()
    {
        Write("checkpoint-900/config.json", "{}");
        Write("checkpoint-1000/config.json", "{}");
        Write("checkpoint-last/config.json", "{}");
        Told(Path.Combine(_scratch.Root, "checkpoint-1000"), _scratch.Root);
    }

    [Fact]
    public void The_output_folder_of_our_own_trainer_names_its_newest_checkpoint()
    {
        Write("checkpoints/step-00000200/config.json", "{}");
        Write("checkpoints/step-00000100/config.json", "{}");
        Told("step-00000200", _scratch.Root);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("config.json")]
    [InlineData("model.safetensors.index.json")]
    public void A_link_that_leads_nowhere_is_told_with_its_target(string name)
    {
        File.CreateSymbolicLink(Path.Combine(_scratch.Root, name), "../../blobs/abc");
        Told("blobs/abc", _scratch.Root);
        Told("blobs/abc", Path.Combine(_scratch.Root, name));
    }

    [Fact]
    public void Of_weights_that_are_there_a_broken_link_beside_them_is_no_trouble()
    {
        foreach (var file in Directory.GetFiles(Goldens.Path("formats", "bin-legacy")))
            File.Copy(file, Path.Combine(_scratch.Root, Path.GetFileName(file)));
        File.CreateSymbolicLink(Path.Combine(_scratch.Root, "model.safetensors"), "nowhere");
        using var checkpoint = Checkpoint.Open(_scratch.Root);
        Assert.Equal("PyTorch", checkpoint.Layout);
    }

    [Theory]
    [InlineData("Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n")]
    [InlineData("web page", "<!DOCTYPE html>\n<html><body>Sign in</body></html>")]
    [InlineData("web page", "\uFEFF<!DOCTYPE html>\n<title>Sign in</title>")]
    [InlineData("web page", "\n  <html lang=\"en\"><head>")]
    [InlineData("web page", "<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>")]
    [InlineData("Entry not found", "Entry not found")]
    [InlineData("Invalid username", "Invalid username or password.")]
    [InlineData("Access to model", "Access to model org/x is restricted. You must be authenticated to access it.")]
    [InlineData("{\"error\"", "{\"error\":\"Repository not found\"}")]
    public void What_a_download_leaves_in_the_place_of_a_file_is_told_for_what_it_is(string told, string content)
    {
        foreach (var name in new[] { "model.safetensors", "pytorch_model.bin", "flax_model.msgpack",
            "model.safetensors.index.json" })
        {
            using var scratch = new Scratch();
            File.WriteAllText(Path.Combine(scratch.Root, "config.json"), "{}");
            scratch.Write(name, Encoding.UTF8.GetBytes(content));
            var message = Assert.Throws<BadFileException>(() => Checkpoint.Open(scratch.Root)).Message;
            Assert.Contains(told, message, StringComparison.Ordinal);
            Assert.Contains(name, message, StringComparison.Ordinal);
        }
        var config = Write("config.json", content);
        Assert.Contains(told, Assert.Throws<BadFileException>(() => JsonFile.Read(config)).Message,
            StringComparison.Ordinal);
        Assert.Contains(told, Assert.Throws<BadFileException>(
            () => SentencePieceModel.Parse(Encoding.UTF8.GetBytes(content), "spiece.model")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void TensorFlows_list_of_checkpoints_is_not_taken_for_T5Xs()
    {
        Write("config.json", "{}");
        Write("checkpoint", "model_checkpoint_path: \"model.ckpt-1000\"\n");
        Assert.Contains("TensorFlow", Assert.Throws<BadFileException>(() => Checkpoint.Open(_scratch.Root)).Message,
            StringComparison.Ordinal);
    }

    private static void Told(string what, string path)
    {
        var message = Assert.Throws<FileNotFoundException>(() => Checkpoint.Open(path)).Message;
        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.True(message.Length < 600 && !message.Contains('\n'), message);
    }

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_scratch.Root, name))!);
        return _scratch.Write(name, Encoding.UTF8.GetBytes(text));
    }
}
