using LongT5.Tests.Cli;

namespace LongT5.Tests;

public class PortablePathTests
{
    /// <summary>
    /// The runtime decides once what the processor has, so a process without vector instructions is another process.
    /// </summary>
    [Fact]
    public void Kernels_and_model_pass_their_tests_without_vector_instructions()
    {
        // Without the whole of the goldens: the selection in the repository is enough for the same code.
        var run = Longt5.Finish(Longt5.Launch("dotnet",
            [typeof(PortablePathTests).Assembly.Location, "-class", "LongT5.Tests.Kernels.*", "-class",
                "LongT5.Tests.Model.OracleTests", "-class", "LongT5.Tests.Model.GoldenModelTests"],
            folder: null, ("DOTNET_EnableHWIntrinsic", "0"), ("LONGT5_GOLDENS", "")));
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        Assert.DoesNotContain("Total: 0,", run.Output, StringComparison.Ordinal);
    }
}
