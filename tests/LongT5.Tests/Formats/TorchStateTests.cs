using LongT5.Formats;
using static LongT5.Tests.Formats.TinyFiles;

namespace LongT5.Tests.Formats;

/// <summary>PyTorch files in which a trainer put the weights under a name of its own.</summary>
public sealed class TorchStateTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("state_dict")]
    [InlineData("module")]
    [InlineData("model")]
    [InlineData("model_state_dict")]
    public void Weights_under_a_trainers_name_are_taken_with_a_word(string place)
    {
        var path = _scratch.Write("last.ckpt",
            Torch(Bytes(0x80, 2, "}(", PickleText("epoch"), Int(3), PickleText(place), Inner, "u.")));
        using var file = TorchFile.Open(path);
        Assert.Equal(["a", "b"], file.Tensors.Select(tensor => tensor.Name));
        Assert.Contains(place, Assert.Single(file.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void Sets_and_types_of_numbers_beside_the_weights_do_no_harm()
    {
        var path = _scratch.Write("mp_rank_00_model_states.pt", Torch(Bytes(0x80, 2, "}(",
            PickleText("names"), Global("__builtin__", "set"), Tuple(Bytes("](", PickleText("x"), "e")), 'R' + 0,
            PickleText("dtype"), Global("torch", "bfloat16"), PickleText("module"), Inner, "u.")));
        using var file = TorchFile.Open(path);
        Assert.Equal(2, file.Tensors.Count);
    }

    [Fact]
    public void A_name_may_be_made_of_two_texts_as_later_protocols_have_it()
    {
        var path = _scratch.Write("a.bin", Torch(Bytes(0x80, 4, "}(", PickleText("dtype"), PickleText("torch"),
            PickleText("bfloat16"), 0x93, PickleText("module"), Inner, "u.")));
        using var file = TorchFile.Open(path);
        Assert.Equal(2, file.Tensors.Count);
    }

    [Fact]
    public void An_old_file_may_hold_the_optimizers_tensors_too()
    {
        var content = Bytes(0x80, 2, "}(", PickleText("optimizer"), "](", Tensor(Storage("7", 6), 0, [6], [1]), "e",
            PickleText("state_dict"), "}(", PickleText("a"), Tensor(Storage("8", 2), 0, [2], [1]), "u", "u.");
        var path = _scratch.Write("old.bin", Bytes(
            0x80, 2, 0x8a, 10, Convert.FromHexString("6cfc9c46f9206aa85019"), ".", 0x80, 2, "M", U16(1001), ".",
            0x80, 2, "}", PickleText("little_endian"), 0x88, "s.", content,
            0x80, 2, "](", PickleText("7"), PickleText("8"), "e.", U64(6), new byte[24], U64(2),
            BitConverter.GetBytes(1.5f), BitConverter.GetBytes(2f)));
        using var file = TorchFile.Open(path);
        Assert.Equal([1.5f, 2], Assert.Single(file.Tensors).ToArray());
    }

    [Fact]
    public void What_is_no_tensor_among_the_weights_is_passed_over_with_a_word()
    {
        var path = _scratch.Write("a.bin",
            Torch(Bytes(0x80, 2, "}(", PickleText("a"), Tensor(Storage("0", 6), 0, [6], [1]), PickleText("steps"),
                Int(3), "u.")));
        using var file = TorchFile.Open(path);
        Assert.Single(file.Tensors);
        Assert.Contains("steps", Assert.Single(file.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_comment_that_holds_the_mark_of_an_end_is_a_comment_all_the_same()
    {
        var path = _scratch.Write("a.bin", Zip([.. Archive], null, null, null, "PK\x05\x06" + new string('x', 40)));
        using var file = TorchFile.Open(path);
        Assert.Equal([1, 2, 3, 4, 5, 6], Assert.Single(file.Tensors).ToArray());
    }

    [Fact]
    public void Sizes_of_64_bits_are_found_among_other_extra_fields()
    {
        var (pickle, storage) = (Archive[0], Archive[1]);
        var path = _scratch.Write("a.bin", Zip(pickle, storage with
        {
            Size = uint.MaxValue,
            Extra = Bytes(U16(0x5455), U16(5), new byte[5], U16(1), U16(16), U64(24), U64(24), U16(0x7875), U16(3),
                new byte[3]),
        }));
        using var file = TorchFile.Open(path);
        Assert.Equal([1, 2, 3, 4, 5, 6], Assert.Single(file.Tensors).ToArray());
    }

    private static Entry[] Archive { get; } =
    [
        new("m/data.pkl", State(("a", Tensor(Storage("0", 6), 0, [6], [1])))),
        new("m/data/0", [.. Enumerable.Range(1, 6).SelectMany(i => BitConverter.GetBytes((float)i))]),
    ];

    private static byte[] Inner => State(
        ("a", Tensor(Storage("0", 6), 0, [2, 3], [3, 1])), ("b", Tensor(Storage("0", 6), 1, [2, 2], [1, 2])))[2..^1];
}
