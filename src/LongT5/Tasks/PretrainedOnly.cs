using LongT5.Formats;

namespace LongT5.Tasks;

/// <summary>Whether a checkpoint was pre-trained and never taught a task; then what it writes is no summary.</summary>
/// <remarks>
/// Nothing in the published files says so; they are known by their names. A trainer says it by <c>"pretrained_only":
/// true</c> in <c>config.json</c>, or denies it by <c>false</c>.
/// </remarks>
static class PretrainedOnly
{
    /// <summary>What to warn of, or null.</summary>
    public static string? Warning(Checkpoint checkpoint)
        => checkpoint.Head.WritesText() && (IsSaid(checkpoint) ?? IsPublished(checkpoint))
            ? $"{checkpoint.Path} was only pre-trained: what it writes is neither a summary nor an answer until it "
                + $"is fine-tuned."
            : null;

    private static bool? IsSaid(Checkpoint checkpoint)
        => new JsonField(checkpoint.ConfigFields, Path.Combine(checkpoint.Folder, "config.json"))["pretrained_only"]
            .Given?.Flag();

    /// <summary>
    /// google/long-t5-{local,tglobal}-{base,large,xl} by name, in the cache or as a folder; T5X's by their last step.
    /// </summary>
    private static bool IsPublished(Checkpoint checkpoint)
    {
        var names = Path.GetFullPath(checkpoint.Path).Split('/', '\\');
        return names.Any(name => IsGoogles(name.Replace("models--google--", "", StringComparison.Ordinal)))
            || (checkpoint.Layout == "T5X" && names.Contains("checkpoint_1000000"));
    }

    private static bool IsGoogles(string name)
        => name.Split('-') is ["long", "t5", "local" or "tglobal", "base" or "large" or "xl"];
}
