using System.Text;
using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Tests.Formats;

public class LongT5ConfigTests
{
    [Fact]
    public void Inner_width_is_heads_times_head_width()
        => Assert.Equal(768, new LongT5Config { NumHeads = 12, DKv = 64 }.InnerWidth);

    [Fact]
    public void What_is_absent_is_as_in_the_reference()
    {
        var config = Read("{}");

        Assert.Equal(new LongT5Config { EosTokenIds = config.EosTokenIds }, config);
        Assert.Equal((32128, 512, 64, 2048, 6, 6, 8),
            (config.VocabSize, config.DModel, config.DKv, config.DFf, config.NumLayers,
            config.NumDecoderLayers, config.NumHeads));
        Assert.Equal((127, 16, 32, 128),
            (config.LocalRadius, config.GlobalBlockSize, config.RelativeAttentionNumBuckets,
            config.RelativeAttentionMaxDistance));
        Assert.Equal((0.1f, 1e-6f, 1f), (config.DropoutRate, config.LayerNormEpsilon, config.InitializerFactor));
        Assert.Equal((EncoderAttention.Local, Activation.Relu, false, true),
            (config.EncoderAttentionType, config.DenseActFn,
            config.IsGatedAct, config.TieWordEmbeddings));
        Assert.Equal((0, null), (config.PadTokenId, config.DecoderStartTokenId));
        Assert.Equal([1], config.EosTokenIds);
    }

    [Fact]
    public void The_published_configuration_is_read_whole()
    {
        var config = Read("""
            {"architectures":["LongT5ForConditionalGeneration"],"d_ff":2816,"d_kv":64,"d_model":1024,"decoder_start_token_id":0,
             "dropout_rate":0.2,"encoder_attention_type":"transient-global","eos_token_id":[1,7],"feed_forward_proj":"gated-gelu",
             "global_block_size":8,"initializer_factor":0.5,"is_encoder_decoder":true,"layer_norm_epsilon":1e-05,"local_radius":63,
             "model_type":"longt5","n_positions":4096,"num_decoder_layers":3,"num_heads":16,"num_layers":24,"output_past":true,
             "pad_token_id":2,"relative_attention_max_distance":64,"relative_attention_num_buckets":16,"tie_word_embeddings":false,
             "torch_dtype":"float32","use_cache":false,"vocab_size":32100,"num_beams":2,"max_length":512}
            """);

        Assert.Equal(new LongT5Config
        {
            VocabSize = 32100,
            DModel = 1024,
            DKv = 64,
            DFf = 2816,
            NumLayers = 24,
            NumDecoderLayers = 3,
            NumHeads = 16,
            LocalRadius = 63,
            GlobalBlockSize = 8,
            RelativeAttentionNumBuckets = 16,
            RelativeAttentionMaxDistance = 64,
            DropoutRate = 0.2f,
            LayerNormEpsilon = 1e-5f,
            InitializerFactor = 0.5f,
            EncoderAttentionType = EncoderAttention.TransientGlobal,
            DenseActFn = Activation.GeluNew,
            IsGatedAct = true,
            TieWordEmbeddings = false,
            PadTokenId = 2,
            DecoderStartTokenId = 0,
            EosTokenIds = config.EosTokenIds,
        }, config);
        Assert.Equal([1, 7], config.EosTokenIds);
    }

    [Theory]
    [InlineData("""{"feed_forward_proj":"relu"}""", Activation.Relu, false)]
    [InlineData("""{"feed_forward_proj":"gated-gelu"}""", Activation.GeluNew, true)]
    [InlineData("""{"feed_forward_proj":"gelu"}""", Activation.Gelu, false)]
    [InlineData("""{"feed_forward_proj":"gated-silu"}""", Activation.Silu, true)]
    [InlineData("""{"feed_forward_proj":"gated-gelu","dense_act_fn":"gelu"}""", Activation.Gelu, true)]
    [InlineData("""{"dense_act_fn":"gelu_new","is_gated_act":true}""", Activation.GeluNew, true)]
    [InlineData("""{"feed_forward_proj":"gated-gelu","is_gated_act":false}""", Activation.GeluNew, false)]
    public void Both_spellings_of_the_feed_forward_layer_are_read(string json, Activation activation, bool gated)
        => Assert.Equal((activation, gated), (Read(json).DenseActFn, Read(json).IsGatedAct));

    [Fact]
    public void The_decoder_is_as_deep_as_the_encoder_unless_it_says_otherwise()
    {
        Assert.Equal(9, Read("""{"num_layers":9}""").NumDecoderLayers);
        Assert.Equal(9, Read("""{"num_layers":9,"num_decoder_layers":null}""").NumDecoderLayers);
        Assert.Equal(2, Read("""{"num_layers":9,"num_decoder_layers":2}""").NumDecoderLayers);
    }

    [Fact]
    public void A_T5_is_one_whose_encoder_sees_everything()
        => Assert.Equal(EncoderAttention.Full, Read("""{"model_type":"t5"}""").EncoderAttentionType);

    [Theory]
    [InlineData("model_type", "\"bart\"")]
    [InlineData("model_type", "5")]
    [InlineData("quantization_config", "{\"load_in_8bit\":true}")]
    [InlineData("encoder_attention_type", "\"global\"")]
    [InlineData("feed_forward_proj", "\"gated-tanh\"")]
    [InlineData("feed_forward_proj", "\"x-gelu\"")]
    [InlineData("dense_act_fn", "\"tanh\"")]
    [InlineData("is_gated_act", "2")]
    [InlineData("eos_token_id", "[]")]
    [InlineData("eos_token_id", "[1,-1]")]
    [InlineData("pad_token_id", "-2")]
    [InlineData("dropout_rate", "1.5")]
    [InlineData("layer_norm_epsilon", "1e400")]
    [InlineData("layer_norm_epsilon", "-1")]
    [InlineData("tie_word_embeddings", "\"no\"")]
    public void What_is_not_known_is_an_error_that_names_file_and_field(string field, string value)
    {
        var error = Assert.Throws<BadFileException>(() => Read($"{{\"{field}\":{value}}}"));
        Assert.Contains("config.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(field, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_names_that_other_models_use_are_taken_and_stand_above_the_familys_own()
    {
        var config = Read(
            """{"hidden_size": 64, "d_model": 32, "num_attention_heads": 2, "head_dim": 8, "num_hidden_layers": 3}""");
        Assert.Equal((64, 2, 8, 3, 6),
            (config.DModel, config.NumHeads, config.DKv, config.NumLayers, config.NumDecoderLayers));
    }

    [Fact]
    public void Values_are_taken_as_Python_takes_them()
    {
        var config =
            Read(
                """{"d_model": 64.0, "tie_word_embeddings": 0, "is_gated_act": 1, "pad_token_id": [3], "eos_token_id": 2.0, "decoder_start_token_id": [0]}""");
        Assert.Equal((64, false, true, 3, 0), (config.DModel, config.TieWordEmbeddings, config.IsGatedAct,
            config.PadTokenId, config.DecoderStartTokenId));
        Assert.Equal([2], config.EosTokenIds);
        Assert.Equal(0, Read("""{"pad_token_id": -1}""").PadTokenId);
        Assert.Equal(5, Read("""{"bos_token_id": 5}""").DecoderStartTokenId);
    }

    [Theory]
    [InlineData("gelu_fast", Activation.GeluNew)]
    [InlineData("gelu_accurate", Activation.GeluNew)]
    [InlineData("gelu_python", Activation.Gelu)]
    public void Other_names_of_an_activation_are_known(string name, Activation activation)
        => Assert.Equal(activation, Read($$"""{"dense_act_fn": "{{name}}"}""").DenseActFn);

    [Theory]
    [InlineData("tie_encoder_decoder", "true")]
    [InlineData("pruned_heads", "{\"0\": [1]}")]
    public void What_changes_numbers_and_is_not_computed_is_refused_by_name(string field, string value)
    {
        Assert.Contains(field, Assert.Throws<BadFileException>(() => Read($"{{\"{field}\":{value}}}")).Message,
            StringComparison.Ordinal);
        Read($"{{\"{field}\":{(value == "true" ? "false" : "{}")}}}");
    }

    [Fact]
    public void NaN_and_Infinity_harm_only_a_field_that_is_read()
    {
        Assert.Equal(9,
            Read("""{"some_score": NaN, "a": [Infinity, -Infinity, "NaN \" Infinity"], "num_layers": 9}""").NumLayers);
        Assert.Contains("layer_norm_epsilon is \"NaN\"", Assert.Throws<BadFileException>(
            () => Read("""{"layer_norm_epsilon": NaN}""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_number_is_bounded()
    {
        string[] fields = ["vocab_size", "d_model", "d_kv", "d_ff", "num_layers", "num_decoder_layers", "num_heads",
            "local_radius",
            "global_block_size", "relative_attention_num_buckets", "relative_attention_max_distance"];
        foreach (var field in fields)
        {
            foreach (var value in new[] { "-1", "0", "9223372036854775807", "1e400", "2.5", "\"8\"", "[8]",
                "{}", "true" })
            {
                var error = Assert.Throws<BadFileException>(() => Read($"{{\"{field}\":{value}}}"));
                Assert.Contains(field, error.Message, StringComparison.Ordinal);
            }
        }
    }

    private static LongT5Config Read(string json)
        => ConfigJson.Read(JsonFile.Parse("config.json", Encoding.UTF8.GetBytes(json)));
}
