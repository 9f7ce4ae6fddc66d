using LongT5.Data;

namespace LongT5.Tests.Data;

public class LengthTableTests
{
    [Fact]
    public void The_figures_follow_their_definitions()
    {
        var table = LengthTable.Of([100, 300, 70, 5000, 90, 80, 200, 110, 120, 130]);
        Assert.Equal(10, table.Count);
        Assert.Equal(620, table.Average);
        Assert.Equal(115, table.Median);
        Assert.Equal(300, table.Percentile90);
        Assert.Equal(5000, table.Maximum);
        Assert.Equal([(64, 6), (128, 2), (256, 1), (512, 0), (1024, 0), (2048, 0), (4096, 1)], table.Histogram);
    }

    [Fact]
    public void Every_text_stands_in_one_bar()
        => Assert.Equal(1000, LengthTable.Of(Enumerable.Range(0, 1000)).Histogram.Sum(bar => bar.Count));
}
