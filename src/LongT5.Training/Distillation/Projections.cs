using LongT5.Formats;
using LongT5.Torch;
using LongT5.Torch.Native;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace LongT5.Training.Distillation;

/// <summary>
/// What widens a student's states to the teacher's, where their widths differ; trained with the student, kept in its
/// checkpoints and no part of the result.
/// </summary>
sealed class Projections : IDisposable
{
    /// <summary>The file of a checkpoint that keeps them.</summary>
    public const string FileName = "projections.safetensors";

    /// <param name="student">The width of the student.</param>
    /// <param name="teacher">The width of the teacher.</param>
    /// <param name="seed">Of the numbers that they begin with.</param>
    /// <param name="device">Where they lie.</param>
    public Projections(int student, int teacher, long seed, Device device)
    {
        if (student == teacher) return;
        using var generator = new Generator((ulong)seed, CPU);
        (Encoder, Decoder) = (Random(), Random());

        Parameter Random() => new(randn(teacher, student, generator: generator)
            .mul_(Number.Of(Math.Pow(student, -0.5))).to(device));
    }

    /// <summary>[Ct, Cs]; null where the widths are equal.</summary>
    public Parameter? Encoder { get; }

    /// <summary>[Ct, Cs]; null where the widths are equal.</summary>
    public Parameter? Decoder { get; }

    /// <summary>Those that there are, by their names.</summary>
    public IReadOnlyList<(string Name, Parameter Weight)> All => Encoder is null ? []
        : [("projection.encoder", Encoder), ("projection.decoder", Decoder!)];

    /// <summary>Writes them into a checkpoint, where there are some.</summary>
    public void Write(string folder)
    {
        if (All.Count > 0)
            SafetensorsWriter.Write(Path.Combine(folder, FileName), All.Select(one
                => TorchWeights.Outgoing(one.Name, one.Weight)));
    }

    /// <summary>Reads them from a checkpoint.</summary>
    /// <exception cref="ArgumentException">The checkpoint has none.</exception>
    public void Read(string folder)
    {
        if (All.Count == 0) return;
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            throw new ArgumentException($"{folder} was made without projections of hidden states, which this run "
                + "trains: begin another one in a folder of its own (--output).");
        using var file = Safetensors.Open(path);
        foreach (var (name, weight) in All) TorchWeights.Read(file.Tensors[name], weight);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, weight) in All) weight.Dispose();
    }
}
