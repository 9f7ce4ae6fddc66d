namespace LongT5.Extensions.AI;

/// <summary>What a model is called in requests.</summary>
static class ModelName
{
    /// <summary>Who answers, by the name that telemetry has.</summary>
    public const string Provider = "longt5";

    /// <summary>The name of its folder.</summary>
    public static string Of(LongT5Model model) => Path.GetFileName(Path.TrimEndingDirectorySeparator(model.Folder));

    /// <summary>Throws where a request asks for another model.</summary>
    /// <exception cref="NotSupportedException">It does.</exception>
    public static void Check(string? asked, string own)
    {
        if (asked is not null && asked != own)
            throw new NotSupportedException($"ModelId is {asked}; the model of this client is {own}.");
    }
}
