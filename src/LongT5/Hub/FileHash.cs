using System.Security.Cryptography;
using System.Text;

namespace LongT5.Hub;

/// <summary>The hashes by which the hub names contents.</summary>
static class FileHash
{
    /// <summary>Whether the content of a file is what the hub lists.</summary>
    public static bool Fits(string path, HubFile listed, CancellationToken cancellation)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        if (stream.Length != listed.Size)
            return false;
        using var hash = IncrementalHash.CreateHash(
            listed.IsSha256 ? HashAlgorithmName.SHA256 : HashAlgorithmName.SHA1);
        // Git puts the kind and the length before the content.
        if (!listed.IsSha256)
            hash.AppendData(Encoding.ASCII.GetBytes($"blob {listed.Size}\0"));
        var buffer = new byte[1 << 20];
        while (stream.Read(buffer) is > 0 and var count)
        {
            cancellation.ThrowIfCancellationRequested();
            hash.AppendData(buffer, 0, count);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == listed.Hash;
    }
}
