namespace LongT5.Data.Sets;

/// <summary>SciTLDR: abstracts of papers, and what they say in one sentence, by several hands.</summary>
static class SciTldr
{
    public static readonly DataTask Task = new("scitldr", "SciTLDR: abstracts in one sentence", TaskMetric.Rouge,
        [TableLayout.Of("train.jsonl, dev.jsonl and test.jsonl with source and target", (row, _) =>
            [Example.Summarize(TableLayout.Name(row), string.Join(" ", row.Texts("source")), row.Texts("target"))])]);
}
