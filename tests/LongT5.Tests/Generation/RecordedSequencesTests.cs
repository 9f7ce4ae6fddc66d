using LongT5.Generation;

namespace LongT5.Tests.Generation;

/// <summary>All that the reference generated is generated here, to the last token.</summary>
public class RecordedSequencesTests(RecordedModel model) : IClassFixture<RecordedModel>
{
    /// <summary>Of a score, or of its size where that is above 1: scores that are sums, not means, carry the rounding
    /// of every step, the reference's own as well.</summary>
    private const float Tolerance = 1e-4f;

    public static TheoryData<string> Groups => [.. RecordedModel.Cases.Select(GroupOf).Distinct()];

    [Theory, MemberData(nameof(Groups))]
    public void Sequences_and_scores_are_those_of_the_reference(string group)
    {
        foreach (var recorded in RecordedModel.Cases.Where(one => GroupOf(one) == group))
        {
            var found = model.Run(recorded.Inputs, recorded.Options with { ReferenceDrafts = Drafts(recorded) });
            Assert.Equal(recorded.Sequences.Length, found.Count);
            int longest = found.Max(one => one.Ids.Length), fill = recorded.Options.Over(model.FromFiles).FillTokenId;
            for (var i = 0; i < found.Count; i++)
            {
                Assert.Equal(recorded.Sequences[i],
                    found[i].Ids.Concat(Enumerable.Repeat(fill, longest - found[i].Ids.Length)));
                if (recorded.Scores is { } scores)
                    Assert.True(Math.Abs(scores[i] - found[i].Score) <= Tolerance * Math.Max(1, Math.Abs(scores[i])),
                        $"{recorded.Name}: score {found[i].Score}, recorded {scores[i]}");
            }
        }
    }

    private static bool? Drafts(RecordedCase recorded) => recorded.Options.PromptLookupNumTokens is null ? null : true;

    private static string GroupOf(RecordedCase recorded) => recorded.Name.Split('/')[0];
}
