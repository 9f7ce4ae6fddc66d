using LongT5.Tests.Cli;

namespace LongT5.Tests.Tasks;

public class SamplesTests
{
    [Theory]
    [InlineData("summarize", " tokens read, ")]
    [InlineData("stream", "\n")]
    [InlineData("answer", "  ")]
    [InlineData("many", "\n")]
    [InlineData("options", " billion operations and ")]
    [InlineData("states", " tokens, 32 numbers each")]
    [InlineData("save", "\n")]
    public void Each_sample_runs_as_written(string name, string expected)
    {
        using var scratch = new Scratch();
        var document = scratch.Write("a.txt", "The art of war is of vital importance to the State.\n\nIt is a matter of life and death, a road either to safety or to ruin.");
        var run = Longt5.Finish(Longt5.Launch("dotnet", [Path.Combine(AppContext.BaseDirectory, "LongT5.Samples.dll"), name, TinyModel.Folder, document]));
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(expected, run.Output);
    }
}
