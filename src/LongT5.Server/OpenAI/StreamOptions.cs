using LongT5.Server.Http;

namespace LongT5.Server.OpenAI;

/// <summary><c>stream_options</c> of OpenAI's requests.</summary>
static class StreamOptions
{
    /// <summary>Whether the last chunk counts tokens.</summary>
    public static bool CountsTokens(Fields fields)
    {
        if (fields.Object("stream_options") is not { } options) return false;
        options.PassOver("include_obfuscation");
        var counts = options.Flag("include_usage") ?? false;
        options.End();
        return counts;
    }
}
