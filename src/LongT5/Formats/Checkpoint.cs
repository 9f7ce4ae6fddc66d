namespace LongT5.Formats;

/// <summary>An open checkpoint: its configuration and its tensors, whatever layout they were published in.</summary>
public sealed class Checkpoint : IDisposable
{
    private Checkpoint(string path, LongT5Config config, IReadOnlyDictionary<string, StoredTensor> tensors)
        => (Path, Config, Tensors) = (path, config, tensors);

    /// <summary>The folder or file that was opened.</summary>
    public string Path { get; }

    /// <summary>The shape of the model.</summary>
    public LongT5Config Config { get; }

    /// <summary>Every tensor by its Hugging Face name.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
