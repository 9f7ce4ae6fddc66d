using System.Security.Cryptography;
using System.Text;

namespace LongT5.Data.Scoring;

/// <summary>Short names of what was measured, which change when it does.</summary>
public static class Fingerprint
{
    /// <summary>Of the files of a model and its folders, by name and content; several gigabytes take seconds.</summary>
    public static string OfFolder(string folder)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[1 << 20];
        foreach (var path in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal))
        {
            sum.AppendData(Encoding.UTF8.GetBytes(Path.GetRelativePath(folder, path).Replace('\\', '/') + "\n"));
            using var file = File.OpenRead(path);
            for (int count; (count = file.Read(buffer)) > 0;) sum.AppendData(buffer.AsSpan(0, count));
        }
        return Convert.ToHexStringLower(sum.GetHashAndReset())[..16];
    }

    /// <summary>Of examples: their inputs and targets, in order.</summary>
    public static string OfExamples(IEnumerable<Example> examples)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var example in examples)
        {
            foreach (var text in example.Targets.Prepend(example.Input).Prepend(example.Id))
                sum.AppendData(Encoding.UTF8.GetBytes($"{text.Length}:{text}"));
        }
        return Convert.ToHexStringLower(sum.GetHashAndReset())[..16];
    }
}
