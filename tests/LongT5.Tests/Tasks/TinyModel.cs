using System.Buffers.Binary;
using System.Text;
using LongT5.Formats;

namespace LongT5.Tests.Tasks;

/// <summary>
/// A LongT5 of a few thousand random numbers with a vocabulary of letters and common words, made once a run.
/// </summary>
/// <remarks>
/// What it writes means nothing; it is the same on every machine of one kind, and its end token comes now and then.
/// </remarks>
static class TinyModel
{
    private static readonly string[] Words = ["the", "of", "and", "to", "in", "a", "is", "that", "it", "war", "art",
        "life", "death", "safety"];

    private static readonly Lazy<string> s_folder = new(() =>
    {
        var folder = Directory.CreateTempSubdirectory("longt5-tiny-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Delete(recursive: true);
        return Write(folder.FullName);
    });

    private static readonly Lazy<string> s_folderOfBytes =
        new(() => Write(Directory.CreateTempSubdirectory("longt5-bytes-").FullName, ofBytes: true));

    /// <summary>The folder of the model.</summary>
    public static string Folder => s_folder.Value;

    /// <summary>The folder of one whose tokens are bytes.</summary>
    public static string FolderOfBytes => s_folderOfBytes.Value;

    /// <summary>Writes the model into a folder, with more in its <c>config.json</c> if asked for.</summary>
    public static string Write(string folder, string moreConfig = "", bool ofBytes = false)
    {
        Directory.CreateDirectory(folder);
        var vocabulary = Vocabulary();
        var size = ofBytes ? 384 : vocabulary.Count;
        var config = new LongT5Config
        {
            VocabSize = size,
            DModel = 32,
            DKv = 8,
            DFf = 48,
            NumHeads = 4,
            NumLayers = 2,
            NumDecoderLayers = 2,
            LocalRadius = 15,
            GlobalBlockSize = 8,
            EncoderAttentionType = EncoderAttention.TransientGlobal,
        };
        File.WriteAllText(Path.Combine(folder, "config.json"), $$"""
            {"model_type": "longt5", "vocab_size": {{size}}, "d_model": 32, "d_kv": 8, "d_ff": 48, "num_heads": 4, "num_layers": 2,
             "num_decoder_layers": 2, "local_radius": 15, "global_block_size": 8, "encoder_attention_type": "transient-global",
             "feed_forward_proj": "relu", "pad_token_id": 0, "eos_token_id": 1, "decoder_start_token_id": 0{{moreConfig}}}
            """);
        if (ofBytes)
            File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{"tokenizer_class": "ByT5Tokenizer"}""");
        else
            File.WriteAllBytes(Path.Combine(folder, "spiece.model"), SentencePiece(vocabulary));
        var random = new Random(2112);
        SafetensorsWriter.Write(Path.Combine(folder, "model.safetensors"),
            WeightShapes.Of(config)
                .Select(
                    weight => OutgoingTensor.Of(weight.Name, weight.Shape, Values(random, weight.Name, weight.Shape))));
        return folder;
    }

    private static float[] Values(Random random, string name, long[] shape)
        => [.. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b))
            .Select(_ => name.Contains("layer_norm", StringComparison.Ordinal)
                ? 1 : (float)(random.NextDouble() - 0.5))];

    /// <summary>T5's special pieces, every printable sign of ASCII, and some words.</summary>
    private static List<(string Piece, float Score, int Kind)> Vocabulary()
    {
        var pieces = new List<(string, float, int)> { ("<pad>", 0, 3), ("</s>", 0, 3), ("<unk>", 0, 2),
            ("\u2581", -3, 1) };
        pieces.AddRange(Words.Select((word, i) => ("\u2581" + word, -4f - i, 1)));
        pieces.AddRange(Enumerable.Range('!', '~' - '!' + 1).Select(letter => (((char)letter).ToString(), -20f, 1)));
        return pieces;
    }

    /// <summary>SentencePiece's ModelProto: field 1 for each piece with its text (1), score (2) and kind (3).</summary>
    private static byte[] SentencePiece(List<(string Piece, float Score, int Kind)> vocabulary)
    {
        using var file = new MemoryStream();
        foreach (var (piece, score, kind) in vocabulary)
        {
            var text = Encoding.UTF8.GetBytes(piece);
            var number = new byte[4];
            BinaryPrimitives.WriteSingleLittleEndian(number, score);
            byte[] message = [0x0A, (byte)text.Length, .. text, 0x15, .. number, 0x18, (byte)kind];
            file.Write([0x0A, (byte)message.Length, .. message]);
        }
        file.Write([0x12, 0x02, 0x18, 0x01]); // trainer_spec: model_type unigram
        return file.ToArray();
    }
}
