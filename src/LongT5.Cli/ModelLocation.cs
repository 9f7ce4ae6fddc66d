using LongT5.Hub;

namespace LongT5.Cli;

/// <summary>Where the model is that a user means.</summary>
static class ModelLocation
{
    /// <summary>The folder or file of a model.</summary>
    /// <param name="name">A path, <c>org/name</c> of the hub, or null for the embedded model.</param>
    /// <exception cref="FileNotFoundException">There is no such model; the message says what to fetch.</exception>
    public static string Resolve(string? name)
    {
        if (name is null)
            return Installation.EmbeddedModel ?? throw Failure.Usage(
                "no model is bundled with this version yet: name one with -m, a folder of a LongT5 checkpoint "
                + "or org/name of one in the Hugging Face cache.");
        return Path.Exists(name) ? name : HubCache.Locate(name);
    }
}
