using System.Globalization;

namespace LongT5.Machine;

/// <summary>
/// What the control groups of Linux leave to this process: its own group's limit and those of all groups around it, by
/// version 2 (<c>memory.max</c>) and version 1 (<c>memory.limit_in_bytes</c>). The tightest counts.
/// </summary>
static class ControlGroups
{
    /// <summary>
    /// A version's place in the file system, and its names for a limit, for what is taken,
    /// and for what of that the kernel can free.
    /// </summary>
    private sealed record Version(string Mount, string Limit, string Taken, string Freeable);

    private static readonly Version Unified = new("sys/fs/cgroup", "memory.max", "memory.current", "inactive_file");

    private static readonly Version Legacy = new(
        "sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file");

    /// <summary>Bytes that the groups still allow; <see cref="long.MaxValue"/> where none sets a limit.</summary>
    /// <param name="root">Where the file system begins.</param>
    public static long Available(string root = "/")
    {
        var least = long.MaxValue;
        foreach (var line in MachineMemory.Lines(Path.Combine(root, "proc/self/cgroup")))
        {
            // hierarchy:controllers:path, without controllers in version 2.
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            var version = controllers.Length == 0 ? Unified : controllers.Split(',').Contains("memory") ? Legacy : null;
            if (version is not null)
                least = Math.Min(least, Available(version, Path.Combine(root, version.Mount), path));
        }
        return least;
    }

    /// <summary>
    /// The tightest limit from a group up to the mount. A path of the host that is
    /// not seen in a container ends at the mount.
    /// </summary>
    private static long Available(Version version, string mount, string path)
    {
        var least = long.MaxValue;
        for (var group = Path.Combine(mount, path.TrimStart('/')); group.Length >= mount.Length; group =
            Path.GetDirectoryName(group)!)
        {
            group = group.TrimEnd('/');
            if (Number(Path.Combine(group, version.Limit)) is { } limit)
            {
                var taken = Number(Path.Combine(group, version.Taken)) ?? 0;
                least = Math.Min(least, limit - taken + Freeable(group, version.Freeable));
            }
        }
        return least;
    }

    private static long Freeable(string group, string name)
        => MachineMemory.Lines(Path.Combine(group, "memory.stat"))
            .FirstOrDefault(line => line.StartsWith(name + ' ', StringComparison.Ordinal)) is { } line
            && long.TryParse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;

    private static long? Number(string path)
        => MachineMemory.Lines(path) is [var line, ..] && long.TryParse(line, CultureInfo.InvariantCulture,
            out var number) ? number : null;
}
