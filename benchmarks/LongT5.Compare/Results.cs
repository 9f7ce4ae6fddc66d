using System.Text.Json;
using LongT5.Machine;

namespace LongT5.Compare;

/// <summary>All that was measured on one machine; kept in a file, so that a table can be measured in parts.</summary>
sealed record Results
{
    public static JsonSerializerOptions Json { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true
    };

    public required MachineSpeed Machine { get; init; }

    /// <summary>Runs of our side, by the job's name.</summary>
    public Dictionary<string, List<Measured>> Ours { get; init; } = [];

    /// <summary>Runs of the reference, by <see cref="Job.ReferenceKey"/>.</summary>
    public Dictionary<string, List<Measured>> Reference { get; init; } = [];

    /// <summary>What a file holds, where it is of this machine and as many threads; nothing otherwise.</summary>
    /// <remarks>The machine counts as measured at its best: whatever else runs makes it slower, never faster.</remarks>
    public static Results Open(string? path, MachineSpeed machine)
    {
        var found = path is not null && File.Exists(path)
            ? JsonSerializer.Deserialize<Results>(File.ReadAllText(path), Json) : null;
        if (found is null) return new() { Machine = machine };
        if (found.Machine.Processor != machine.Processor || found.Machine.Threads != machine.Threads)
            throw new ArgumentException($"{path} is of another machine ({found.Machine.Processor}, "
                + $"{found.Machine.Threads} threads); name another file.");
        return found with
        {
            Machine = machine with
            {
                PeakOperations = Math.Max(machine.PeakOperations, found.Machine.PeakOperations),
                StreamBytes = Math.Max(machine.StreamBytes, found.Machine.StreamBytes),
            },
        };
    }

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json) + "\n");
}
