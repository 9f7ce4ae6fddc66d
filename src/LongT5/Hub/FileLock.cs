namespace LongT5.Hub;

/// <summary>
/// A file that one process holds at a time, as Python's filelock holds it: by flock, on Windows by opening it alone.
/// </summary>
/// <remarks>Some network drives grant it to two; what is written under it is checked afterwards all the same.</remarks>
static class FileLock
{
    private const int WouldBlock = 11, WouldBlockOnMac = 35;
    private const int SharingViolation = unchecked((int)0x80070020), LockViolation = unchecked((int)0x80070021);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the file is free, and holds it until it is disposed.</summary>
    public static async Task<IDisposable> TakeAsync(string path, CancellationToken cancellation)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException exception) when (exception.HResult
                is WouldBlock or WouldBlockOnMac or SharingViolation or LockViolation)
            {
                await Task.Delay(Interval, cancellation);
            }
        }
    }
}
