using System.CommandLine;
using LongT5.Tasks;

namespace LongT5.Cli.Flags;

/// <summary>How texts are read that are longer than what the model was trained for.</summary>
static class LongFlags
{
    /// <summary>What becomes of them.</summary>
    public static Option<LongInput?> Long()
    {
        var option = new Option<LongInput?>("--long")
        {
            Description = "A text longer than the model was trained for (longt5 inspect shows it; --max-input says it) "
                + "is read in parts whose summaries are joined (merge), in windows that one decoder reads together "
                + "(fuse), in one pass (whole), or not to its end (cut). Default: merge for summaries, fuse for "
                + "answers.",
            HelpName = "merge|fuse|whole|cut",
        };
        option.AcceptOnlyFromAmong("merge", "fuse", "whole", "cut");
        return option;
    }
}
