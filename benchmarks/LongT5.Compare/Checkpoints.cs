using LongT5.Formats;
using LongT5.Kernels;

namespace LongT5.Compare;

/// <summary>Where the models of the jobs are; what is missing and can be made is made.</summary>
/// <param name="folder">Where random checkpoints and converted ones are kept.</param>
/// <param name="embedded">The model that is part of this repository.</param>
/// <param name="copy">A base-size model that quotes; null if there is none.</param>
sealed class Checkpoints(string folder, string embedded, string? copy)
{
    /// <summary>The folder of a job's model, as the reference reads it.</summary>
    public string Plain(Job job) => job.Model switch
    {
        "embedded" => embedded,
        "copy" => copy
            ?? throw new ArgumentException($"{job.Name} needs --copy-model: docs/performance.md says how it is made."),
        _ => RandomCheckpoint.Make(Path.Combine(folder, $"{job.Model}-{job.Attention}"), job.Model, job.Attention),
    };

    /// <summary>The same with weights of the job's type.</summary>
    public string Ours(Job job)
    {
        var plain = Plain(job);
        if (job.Type == "f32") return plain;
        var converted = Path.Combine(folder, $"{Path.GetFileName(plain)}-{job.Type}");
        if (Directory.Exists(converted)) return converted;
        using var checkpoint = Checkpoint.Open(plain);
        checkpoint.Save(converted, ElementTypeOf(job.Type));
        return converted;
    }

    public static ElementType ElementTypeOf(string type) => type switch
    {
        "f32" => ElementType.F32,
        "bf16" => ElementType.BF16,
        "f16" => ElementType.F16,
        "int8" => ElementType.I8,
        _ => throw new ArgumentException($"There is no type {type}: f32, bf16, f16 or int8."),
    };
}
