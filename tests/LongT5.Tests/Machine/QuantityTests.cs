using LongT5.Machine;

namespace LongT5.Tests.Machine;

public class QuantityTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("800M", 800L << 20)]
    [InlineData("4G", 4L << 30)]
    [InlineData("4GiB", 4L << 30)]
    [InlineData("16k", 16384)]
    [InlineData("5GB", 5_000_000_000)]
    [InlineData(" 1.5 kb ", 1500)]
    [InlineData("2TiB", 2L << 40)]
    [InlineData("512B", 512)]
    public void A_size_is_a_number_and_a_unit(string text, long expected)
    {
        Assert.True(Quantity.TryParse(text, out var quantity));
        Assert.Equal(expected, quantity);
    }

    [Theory]
    [InlineData("")]
    [InlineData("G")]
    [InlineData("0")]
    [InlineData("-4G")]
    [InlineData("4X")]
    [InlineData("1e3")]
    [InlineData("NaN")]
    [InlineData("99999999999T")]
    [InlineData("lots")]
    public void What_is_no_size_is_none(string text) => Assert.False(Quantity.TryParse(text, out _));
}
