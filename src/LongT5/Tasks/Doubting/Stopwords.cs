using System.Collections.Frozen;

namespace LongT5.Tasks.Doubting;

/// <summary>English words that say nothing by themselves.</summary>
static class Stopwords
{
    private static readonly FrozenSet<string> Words = ("a about above after again against all also although always am "
        + "an and any are aren't as at be because been before being below between both but by can can't cannot could "
        + "couldn't did didn't do does doesn't doing don't down during each either even ever every few for from further "
        + "had hadn't has hasn't have haven't having he hence her here hers herself him himself his how however i if in "
        + "into is isn't it its itself just let many may me might mightn't more most much must mustn't my myself neither "
        + "never no nor not now of off often on once only or other others our ours out over own per rather same "
        + "shall she should shouldn't since so some such than that the their theirs them themselves then there these "
        + "they this those though through thus to too under until up upon us very was wasn't we well were weren't "
        + "what when where whether which while who whom whose why will with within without won't would wouldn't yet you "
        + "your yours").Split(' ').ToFrozenSet();

    /// <summary>Whether a folded word is one.</summary>
    public static bool Contains(string folded) => Words.Contains(folded);
}
