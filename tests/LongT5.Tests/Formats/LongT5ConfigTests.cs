using LongT5.Formats;

namespace LongT5.Tests.Formats;

public class LongT5ConfigTests
{
    [Fact]
    public void Inner_width_is_heads_times_head_width()
        => Assert.Equal(768, new LongT5Config { NumHeads = 12, DKv = 64 }.InnerWidth);
}
