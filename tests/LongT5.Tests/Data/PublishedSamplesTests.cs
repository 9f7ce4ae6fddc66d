using LongT5.Data;

namespace LongT5.Tests.Data;

/// <summary>Samples in the layouts that the data sets are published in, and the data sets at hand.</summary>
public class PublishedSamplesTests
{
    private static readonly string Hub = Path.Combine("formats", "hf");

    public static TheoryData<string, string, Split, int> Samples => new()
    {
        { "cnn_summarization", $"{Hub}/cnn_dailymail/dummy/3.0.0/3.0.0/dummy_data", Split.Test, 2 },
        { "arxiv_summarization", $"{Hub}/scientific_papers/dummy/arxiv/1.1.1/dummy_data", Split.Train, 2 },
        { "pubmed_summarization", $"{Hub}/scientific_papers/dummy/pubmed/1.1.1/dummy_data", Split.Validation, 2 },
        { "patent_summarization", $"{Hub}/big_patent/dummy/all/1.0.0/dummy_data", Split.Validation, 9 },
        { "patent_summarization_reduced", $"{Hub}/big_patent/dummy/all/1.0.0/dummy_data", Split.Validation, 1 },
        { "patent_summarization", $"{Hub}/big_patent/dummy/b/1.0.0/dummy_data", Split.Test, 1 },
        { "multi_news_summarization", $"{Hub}/multi_news/dummy/1.0.0/dummy_data", Split.Validation, 1 },
        { "media_summarization", "formats/media_sum", Split.Train, 1 },
        { "media_summarization", "formats/media_sum", Split.Test, 1 },
        { "nq", "formats/natural_questions/nq-dev-00.jsonl.gz", Split.Validation, 3 },
        { "nq", "formats/natural_questions/nq-sample-original.jsonl", Split.Train, 3 },
        { "nq", "formats/natural_questions/nq-sample-simplified.jsonl", Split.Train, 3 },
        { "nq", "formats/natural_questions/nq-sample-hf-row.jsonl", Split.Train, 3 },
        { "trivia_qa_full", $"{Hub}/trivia_qa/dummy/rc/1.2.0/dummy_data", Split.Test, 1 },
        { "trivia_qa_full_test", $"{Hub}/trivia_qa/dummy/rc/1.2.0/dummy_data", Split.Train, 2 },
        { "squad", $"{Hub}/squad/dummy/plain_text/1.0.0/dummy_data/dev-v1.1.json", Split.Validation, 1 },
        { "billsum", $"{Hub}/billsum/dummy/3.0.0/dummy_data/us_test_data_final_OFFICIAL.jsonl", Split.Test, 1 },
        { "narrativeqa", $"{Hub}/narrativeqa/dummy/0.0.0/dummy_data", Split.Train, 1 },
        { "qasper", $"{Hub}/qasper/dummy/qasper/0.1.0/dummy_data", Split.Validation, 4 },
        { "scitldr", "scitldr", Split.Validation, 619 },
        { "squality", "squality", Split.Validation, 125 },
        { "fairytaleqa", "fairytaleqa", Split.Validation, 1025 },
        { "pubmedqa", "pubmedqa", Split.Test, 500 },
        { "pubmedqa", "pubmedqa", Split.Train, 500 },
        { "pubmedqa_long", "pubmedqa", Split.Test, 500 },
        { "openstax", "openstax/sections-val.jsonl", Split.Validation, 218 },
        { "qmsum", "qmsum", Split.Validation, 272 },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_published_layout_is_read_whole(string task, string path, Split split, int count)
    {
        Assert.SkipWhen(Goldens.Data is null, "LONGT5_DATA names no data sets");
        var examples = DataTasks.Named(task).Read(Path.Combine(Goldens.Data, path), new ReadOptions { Split = split })
            .ToList();
        Assert.Equal(count, examples.Count);
        Assert.Equal(count, examples.Select(example => example.Id).Distinct().Count());
        Assert.All(examples, example => Assert.NotEmpty(example.Targets[0]));
    }
}
