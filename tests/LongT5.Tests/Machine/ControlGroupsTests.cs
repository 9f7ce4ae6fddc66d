using LongT5.Machine;

namespace LongT5.Tests.Machine;

public sealed class ControlGroupsTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("longt5-groups-").FullName;

    [Fact]
    public void Without_a_limit_there_is_none()
    {
        Write("proc/self/cgroup", "0::/user.slice");
        Write("sys/fs/cgroup/user.slice/memory.max", "max");
        Assert.Equal(long.MaxValue, ControlGroups.Available(_root));
    }

    [Theory]
    [InlineData("a/b", 700)] // its own limit
    [InlineData("a", 700)]   // that of the group around it
    [InlineData("", 700)]    // that of the root of what the container sees
    public void The_tightest_limit_of_a_group_and_all_around_it_counts(string where, long limit)
    {
        Write("proc/self/cgroup", "0::/a/b");
        foreach (var group in (string[])["", "a", "a/b"])
        {
            Write($"sys/fs/cgroup/{group}/memory.max", group == where ? $"{limit}" : "5000");
            Write($"sys/fs/cgroup/{group}/memory.current", "300");
            Write($"sys/fs/cgroup/{group}/memory.stat", "anon 200\ninactive_file 50\n");
        }
        Assert.Equal(limit - 300 + 50, ControlGroups.Available(_root));
    }

    [Fact]
    public void Version_1_is_read_too()
    {
        Write("proc/self/cgroup", "12:cpu,cpuacct:/x\n4:memory:/docker/1\n");
        Write("sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "9000");
        Write("sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "9223372036854771712");
        Write("sys/fs/cgroup/memory/docker/memory.usage_in_bytes", "4000");
        Write("sys/fs/cgroup/memory/docker/memory.stat", "inactive_file 1\ntotal_inactive_file 1500\n");
        Assert.Equal(9000 - 4000 + 1500, ControlGroups.Available(_root));
    }

    [Fact]
    public void A_path_of_the_host_that_a_container_does_not_see_leaves_the_limit_of_the_mount()
    {
        Write("proc/self/cgroup", "4:memory:/docker/0123");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "6000");
        Write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1000");
        Assert.Equal(5000, ControlGroups.Available(_root));
    }

    [Fact]
    public void Lines_that_nobody_expects_are_passed_over()
    {
        Write("proc/self/cgroup", "\n::\n0:/\nnonsense\n0::/../..\n");
        Write("sys/fs/cgroup/memory.max", "-");
        Assert.Equal(long.MaxValue, ControlGroups.Available(_root));
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private void Write(string path, string content)
    {
        path = Path.Combine(_root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }
}
