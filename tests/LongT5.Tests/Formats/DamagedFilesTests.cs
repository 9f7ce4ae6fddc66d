using CsCheck;
using LongT5.Formats;
using static LongT5.Tests.Formats.TinyFiles;

namespace LongT5.Tests.Formats;

/// <summary>Files that were whole once: whatever happens to their bytes, they open or give a typed error.</summary>
public sealed class DamagedFilesTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string> Layouts => ["safetensors", "PyTorch", "legacy PyTorch", "Flax", "T5X"];

    [Theory, MemberData(nameof(Layouts))]
    public void A_file_that_is_cut_anywhere_is_refused(string layout)
    {
        var (whole, open) = Sample(layout);
        for (var length = 0; length < whole.Length; length++)
            Assert.True(Outcome(whole[..length], open) is BadFileException,
                $"{layout}, cut after {length} of {whole.Length} bytes");
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Every_single_byte_may_be_anything(string layout)
    {
        var (whole, open) = Sample(layout);
        for (var at = 0; at < whole.Length; at++)
        {
            foreach (var value in new byte[] { 0, 0x7f, 0xff })
            {
                var changed = whole.ToArray();
                changed[at] = value;
                Outcome(changed, open);
            }
        }
    }

    [Theory, MemberData(nameof(Layouts))]
    public void Any_bytes_may_be_changed_moved_or_doubled(string layout)
    {
        var (whole, open) = Sample(layout);
        var change = Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, whole.Length - 1], Gen.Int[0, 16], Gen.Byte,
            Gen.Int[0, 3]);
        change.Array[1, 6].Sample(changes =>
        {
            var file = whole.ToList();
            foreach (var (from, to, length, value, kind) in changes)
            {
                var (start, count) = (Math.Min(from, file.Count),
                    Math.Min(length, file.Count - Math.Min(from, file.Count)));
                var piece = file.GetRange(start, count);
                if (kind == 0 && start < file.Count)
                    file[start] = value;
                else if (kind == 1)
                    file.RemoveRange(start, count);
                else if (kind == 2)
                    file.InsertRange(Math.Min(to, file.Count), piece);
                else if (kind == 3)
                {
                    for (var i = 0; i < count && to + i < file.Count; i++)
                        file[to + i] = piece[i];
                }
            }
            Outcome([.. file], open);
        }, iter: 1000);
    }

    [Theory]
    [InlineData("bin-bf16", "pytorch_model.bin")]
    [InlineData("bin-legacy", "pytorch_model.bin")]
    [InlineData("flax", "flax_model.msgpack")]
    [InlineData("safetensors", "model.safetensors")]
    public void Real_files_may_be_damaged_at_either_end(string folder, string name)
    {
        var whole = File.ReadAllBytes(Goldens.Path("formats", folder, name));
        var place = Gen.OneOf(Gen.Int[0, 12_000], Gen.Int[whole.Length - 6000, whole.Length - 1]);
        Gen.Select(Gen.Select(place, Gen.Byte).Array[1, 4], Gen.Int[0, 3]).Sample((changes, cut) =>
        {
            var file = whole.ToArray();
            foreach (var (at, value) in changes)
                file[at] = value;
            Outcome(cut == 0 ? file[..changes[0].Item1] : file, Open(folder));
        }, iter: 100);
    }

    [Fact]
    public void A_chunk_that_is_cut_or_changed_anywhere_is_refused()
    {
        var folder = T5XFolder(_scratch);
        var chunk = Path.Combine(folder, "target.e", "1.0");
        var whole = File.ReadAllBytes(chunk);
        for (var at = 0; at < whole.Length; at++)
        {
            Refused(whole[..at], $"cut after {at}");
            // The header of gzip names a time and a system, which nobody needs: bytes 4 to 9.
            if (at is >= 4 and < 10)
                continue;
            var changed = whole.ToArray();
            changed[at] ^= 0xff;
            Refused(changed, $"byte {at} changed");
        }

        void Refused(byte[] content, string what)
        {
            File.WriteAllBytes(chunk, content);
            Assert.True(Record.Exception(() => ReadAll(OpenT5X(Path.Combine(folder, "checkpoint"))))
                is BadFileException, what);
        }
    }

    private static (byte[] Whole, Func<string, TensorFile> Open) Sample(string layout) => (layout switch
    {
        "safetensors" => TinyFiles.Safetensors,
        "PyTorch" => TorchZip,
        "legacy PyTorch" => TorchLegacy,
        "Flax" => TinyFiles.Flax,
        _ => Map(("version", Bytes(3)), ("optimizer", Map(("target", Map(("encoder", Map(("encoder_norm",
            Map(("scale", Array(Bytes(0x91, 1), "float32", new byte[4]))))))))))),
    }, Open(layout));

    private static Func<string, TensorFile> Open(string layout) => layout switch
    {
        "safetensors" => OpenSafetensors,
        "Flax" or "flax" => TinyFiles.OpenFlax,
        "T5X" => OpenT5X,
        _ => TinyFiles.OpenTorch,
    };

    /// <summary>Null or a typed error; anything else fails, and so does memory out of proportion.</summary>
    private BadFileException? Outcome(byte[] file, Func<string, TensorFile> open)
    {
        var path = _scratch.Write(Guid.NewGuid().ToString("N"), file);
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ReadAll(open(path));
            return null;
        }
        catch (BadFileException e)
        {
            return e;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L * file.Length + (64 << 20));
            File.Delete(path);
        }
    }
}
