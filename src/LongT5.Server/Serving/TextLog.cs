using LongT5.Tasks;
using Microsoft.Extensions.Logging;

namespace LongT5.Server.Serving;

/// <summary>Shows the beginnings of requests' texts in the log, where that is asked for, each on one line.</summary>
sealed partial class TextLog(ServerOptions options, ILogger<TextLog> log)
{
    private const int Shown = 1000;

    /// <summary>A text has been read, and others were written on it.</summary>
    public void Wrote(string model, string text, IReadOnlyList<GeneratedText> written)
    {
        if (!options.LogsText || !log.IsEnabled(LogLevel.Information)) return;
        var read = OneLine(text);
        foreach (var one in written.Select(one => OneLine(one.Text)))
            Wrote(log, model, read, one);
    }

    private static string OneLine(string text)
        => string.Concat(text.Take(Shown).Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    [LoggerMessage(Level = LogLevel.Information, Message = "{Model} read: {Text} and wrote: {Written}")]
    private static partial void Wrote(ILogger log, string model, string text, string written);
}
