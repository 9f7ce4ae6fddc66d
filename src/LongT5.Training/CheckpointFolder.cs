using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using LongT5.Formats;

namespace LongT5.Training;

/// <summary>The numbered checkpoints of a run, each whole or not there.</summary>
/// <remarks>
/// A checkpoint is written in a folder of another name, every file flushed, a manifest of their hashes last, read
/// again, and renamed; only then are older ones renamed to trash and deleted. So whenever the process or the
/// machine stops, the newest folder whose hashes are right is a checkpoint, and there is one.
/// </remarks>
sealed class CheckpointFolder(string folder, int keep)
{
    const string Manifest = "manifest.json", Numbered = "step-", Trash = ".trash-", Unfinished = ".tmp-";

    /// <summary>Writes a checkpoint.</summary>
    /// <param name="step">Its number.</param>
    /// <param name="write">Writes its files into the folder that it is given.</param>
    /// <returns>Where it stands.</returns>
    public string Save(long step, Action<string> write)
    {
        Directory.CreateDirectory(folder);
        foreach (var rest in Directory.GetDirectories(folder, $"{Unfinished}*"))
            Directory.Delete(rest, recursive: true);
        var place = Path.Combine(folder, $"{Numbered}{step.ToString("D8", CultureInfo.InvariantCulture)}");
        if (IsWhole(place)) return place;
        var beside = Path.Combine(folder, $"{Unfinished}{step}-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(beside);
            write(beside);
            var hashes = Directory.GetFiles(beside).ToDictionary(file => Path.GetFileName(file), Hash);
            FileReplacement.Write(Path.Combine(beside, Manifest), stream => JsonSerializer.Serialize(stream, hashes));
            if (!IsWhole(beside))
                throw new IOException(
                    $"{beside}: what was read back is not what was written; the disk may be failing.");
        }
        catch
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
            throw;
        }
        if (Directory.Exists(place)) Discard(place);
        Directory.Move(beside, place);
        Prune();
        return place;
    }

    /// <summary>The newest whole checkpoint, or null.</summary>
    /// <param name="damaged">Called with each newer one that is not whole.</param>
    public string? Newest(Action<string>? damaged = null)
    {
        foreach (var place in Places())
        {
            if (IsWhole(place)) return place;
            damaged?.Invoke(place);
        }
        return null;
    }

    /// <summary>Puts a folder in the place of another one, if there is one.</summary>
    public static void Replace(string place, string with)
    {
        var trash = Path.Combine(Path.GetDirectoryName(place)!, $"{Trash}{Path.GetFileName(place)}");
        if (Directory.Exists(trash)) Directory.Delete(trash, recursive: true);
        if (Directory.Exists(place)) Directory.Move(place, trash);
        Directory.Move(with, place);
        if (Directory.Exists(trash)) Directory.Delete(trash, recursive: true);
    }

    /// <summary>Whether a run has begun here.</summary>
    public bool HasSome => Places().Any();

    IEnumerable<string> Places() => Directory.Exists(folder)
        ? Directory.GetDirectories(folder, $"{Numbered}*").OrderDescending(StringComparer.Ordinal) : [];

    void Prune()
    {
        foreach (var rest in Directory.GetDirectories(folder, $"{Trash}*")) Directory.Delete(rest, recursive: true);
        foreach (var old in Places().Where(IsWhole).Skip(keep).ToArray()) Discard(old);
    }

    void Discard(string place)
    {
        var trash = Path.Combine(folder, $"{Trash}{Path.GetFileName(place)}");
        if (Directory.Exists(trash)) Directory.Delete(trash, recursive: true);
        Directory.Move(place, trash);
        Directory.Delete(trash, recursive: true);
    }

    static bool IsWhole(string place)
    {
        try
        {
            using var manifest = File.OpenRead(Path.Combine(place, Manifest));
            var hashes = JsonSerializer.Deserialize<Dictionary<string, string>>(manifest)!;
            return hashes.Count > 0 && hashes.All(file => Hash(Path.Combine(place, file.Key)) == file.Value);
        }
        catch (Exception missing) when (missing is IOException or JsonException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
