namespace LongT5.Tests.Cli;

/// <summary>A folder that goes when the test ends.</summary>
sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("longt5-test-").FullName;

    /// <summary>A path in it.</summary>
    public string this[string name] => Path.Combine(Folder, name);

    /// <summary>Writes a file into it and gives its path.</summary>
    public string Write(string name, string text) => Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file into it and gives its path.</summary>
    public string Write(string name, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
