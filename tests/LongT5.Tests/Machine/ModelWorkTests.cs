using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Machine;

public class ModelWorkTests
{
    private static readonly LongT5Config Shape = new()
    {
        DModel = 6,
        DKv = 2,
        NumHeads = 4,
        DFf = 10,
        NumLayers = 3,
        NumDecoderLayers = 2,
        LocalRadius = 5,
        GlobalBlockSize = 4,
        IsGatedAct = true
    };

    [Theory]
    [InlineData(EncoderAttention.Local, 3)]
    [InlineData(EncoderAttention.Local, 40)]
    [InlineData(EncoderAttention.TransientGlobal, 4)]
    [InlineData(EncoderAttention.TransientGlobal, 43)]
    [InlineData(EncoderAttention.Full, 43)]
    public void Operations_of_the_encoder_are_those_of_its_products_counted_one_by_one(
        EncoderAttention attention, int tokens)
    {
        var config = Shape with { EncoderAttentionType = attention };
        const int Width = 6, Inner = 8, Wide = 10;
        var blocks = attention == EncoderAttention.TransientGlobal ? tokens / 4 : 0;
        var multiplyAdds = 0L;
        for (var token = 0; token < tokens; token++)
        {
            multiplyAdds += 4 * Width * Inner + 3 * Width * Wide;
            for (var key = 0; key < tokens; key++)
                if (attention == EncoderAttention.Full || Math.Abs(token - key) <= 5)
                    multiplyAdds += 2 * Inner;
            multiplyAdds += 2 * Inner * blocks;
        }
        multiplyAdds += 2 * Width * Inner * blocks;
        Assert.Equal(3 * 2 * multiplyAdds, ModelWork.Encode(config, tokens));
    }

    [Fact]
    public void Base_size_takes_what_is_known_of_it()
    {
        var config = new LongT5Config
        {
            DModel = 768,
            DFf = 2048,
            NumHeads = 12,
            NumLayers = 12,
            NumDecoderLayers = 12,
            IsGatedAct = true,
            EncoderAttentionType = EncoderAttention.TransientGlobal
        };
        Assert.Equal(3.6e12, ModelWork.Encode(config, 16384), 0.05e12);
        Assert.Equal(0.46e12, ModelWork.CrossMemory(config, 16384), 0.01e12);
    }

    [Fact]
    public void A_step_reads_each_matrix_once_and_the_keys_and_values_of_input_and_past()
    {
        using var checkpoint = Checkpoint.Open(TinyModel.Folder);
        using var exact = Network.Load(checkpoint, Workers.Shared);
        using var small = Network.Load(checkpoint, Workers.Shared,
            new() { WeightType = ElementType.BF16, CrossType = ElementType.BF16 });
        var (config, vocabulary) = (checkpoint.Config, checkpoint.Config.VocabSize);
        var matrices = config.NumDecoderLayers
            * (6 * config.DModel * config.InnerWidth + 2 * config.DModel * config.DFf) + vocabulary * config.DModel;
        var keysAndValues = 2 * config.NumDecoderLayers * config.InnerWidth;
        Assert.Equal(4 * matrices + keysAndValues * (100 * 4 + 7 * 4), exact.StepBytes(100, 7));
        Assert.Equal(2 * matrices + keysAndValues * (100 * 2 + 7 * 4), small.StepBytes(100, 7));
    }
}
