using System.Text.Json.Nodes;
using LongT5.Formats;

namespace LongT5.Tests.Formats;

/// <summary>The plain folder of the recorded layouts with other tensors, other fields or other files.</summary>
sealed class ChangedFolder : IDisposable
{
    private readonly Scratch _scratch = new();

    public ChangedFolder()
    {
        var plain = Goldens.Path("formats", "safetensors");
        Config = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(plain, "config.json")))!.AsObject();
        using var file = Safetensors.Open(System.IO.Path.Combine(plain, "model.safetensors"));
        foreach (var (name, tensor) in file.Tensors)
            Tensors.Add(name, OutgoingTensor.Of(name, tensor.Shape, tensor.ToArray()));
    }

    public string Path => _scratch.Root;

    /// <summary>Fields of config.json.</summary>
    public JsonObject Config { get; }

    /// <summary>By the names that they are written under.</summary>
    public OrderedDictionary<string, OutgoingTensor> Tensors { get; } = [];

    /// <summary>Adds a tensor of floats in which nothing is like another.</summary>
    public float[] Add(string name, params long[] shape)
    {
        var values = Enumerable.Range(0, (int)shape.Aggregate(1L, (product, extent) => product * extent))
            .Select(i => MathF.Sin(i + name.Length)).ToArray();
        Tensors[name] = OutgoingTensor.Of(name, shape, values);
        return values;
    }

    /// <summary>Puts another name in the place of each.</summary>
    public void Rename(Func<string, string> rename)
    {
        var renamed = Tensors.Values.Select(tensor => tensor with { Name = rename(tensor.Name) }).ToArray();
        Tensors.Clear();
        foreach (var tensor in renamed)
            Tensors.Add(tensor.Name, tensor);
    }

    /// <summary>Writes another file into it.</summary>
    public string Write(string name, string text) => _scratch.Write(name, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes the folder and opens it.</summary>
    public Checkpoint Open()
    {
        Write("config.json", Config.ToJsonString());
        SafetensorsWriter.Write(System.IO.Path.Combine(Path, "model.safetensors"), Tensors.Values);
        return Checkpoint.Open(Path);
    }

    public void Dispose() => _scratch.Dispose();
}
