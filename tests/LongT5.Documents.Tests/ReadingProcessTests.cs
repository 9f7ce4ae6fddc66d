using System.Diagnostics;

namespace LongT5.Documents.Tests;

/// <summary>The process that reads documents may end at any moment while its work is watched.</summary>
public class ReadingProcessTests
{
    [Fact]
    public void Asking_a_process_for_its_work_while_it_ends_never_fails()
    {
        for (var i = 0; i < 50; i++)
        {
            using var process = Process.Start("true");
            for (var asked = 0; asked < 500; asked++) Assert.True(ReadingProcess.Work(process) >= TimeSpan.Zero);
        }
    }
}
