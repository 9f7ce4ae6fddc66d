namespace LongT5.Training.Tests;

public sealed class CheckpointFolderTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;
    readonly CheckpointFolder _checkpoints;

    public CheckpointFolderTests() => _checkpoints = new(_folder, keep: 2);

    string Save(long step)
        => _checkpoints.Save(step, place => File.WriteAllText(Path.Combine(place, "weights"), $"weights of {step}"));

    [Fact]
    public void The_newest_ones_are_kept_and_nothing_else_remains()
    {
        for (var step = 1; step <= 5; step++) Save(step);
        Assert.Equal(["step-00000004", "step-00000005"], Directory.GetFileSystemEntries(_folder)
            .Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_failure_while_writing_leaves_the_one_before_and_no_remains()
    {
        Save(1);
        Assert.Throws<IOException>(() => _checkpoints.Save(2, place =>
        {
            File.WriteAllText(Path.Combine(place, "weights"), "half");
            throw new IOException("No space left on device");
        }));
        Assert.Equal(Path.Combine(_folder, "step-00000001"), _checkpoints.Newest());
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void A_folder_takes_the_place_of_another_of_which_nothing_remains()
    {
        var (place, with) = (Path.Combine(_folder, "best"), Path.Combine(_folder, "new"));
        foreach (var (folder, file) in ((string, string)[])[(place, "old"), (with, "weights")])
            File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, file), file);
        CheckpointFolder.Replace(place, with);
        Assert.Equal(["weights"], Directory.GetFiles(place).Select(Path.GetFileName));
        Assert.Equal([place], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Any_changed_byte_makes_the_search_step_back_and_say_so()
    {
        Save(1);
        var newest = Save(2);
        foreach (var file in Directory.GetFiles(newest))
        {
            var bytes = File.ReadAllBytes(file);
            bytes[^3] ^= 1;
            File.WriteAllBytes(file, bytes);
            var damaged = new List<string>();
            Assert.Equal(Path.Combine(_folder, "step-00000001"), _checkpoints.Newest(damaged.Add));
            Assert.Equal([newest], damaged);
            bytes[^3] ^= 1;
            File.WriteAllBytes(file, bytes);
        }
        Assert.Equal(newest, _checkpoints.Newest());
    }

    [Fact]
    public void A_missing_file_makes_a_checkpoint_count_for_nothing_and_not_among_those_kept()
    {
        Save(1);
        File.Delete(Path.Combine(Save(2), "weights"));
        Save(3);
        Save(4);
        Assert.Equal(Path.Combine(_folder, "step-00000004"), _checkpoints.Newest());
        Assert.True(Directory.Exists(Path.Combine(_folder, "step-00000003")));
    }

    [Fact]
    public void What_an_interrupted_run_left_is_cleared_away()
    {
        Directory.CreateDirectory(Path.Combine(_folder, ".tmp-7-123"));
        Directory.CreateDirectory(Path.Combine(_folder, ".trash-step-00000001"));
        Save(8);
        Assert.Equal(["step-00000008"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
