using LongT5.Data.Sets;

namespace LongT5.Data;

/// <summary>Every task that has a name.</summary>
public static class DataTasks
{
    /// <summary>
    /// The tasks: first those of the paper, then others that this field uses, then tables of one's own.
    /// </summary>
    public static IReadOnlyList<DataTask> All { get; } =
    [
        CnnDailyMail.Task,
        ScientificPapers.Arxiv,
        ScientificPapers.PubMed,
        BigPatent.Task,
        BigPatent.Reduced,
        MediaSum.Task,
        MultiNews.Task,
        NaturalQuestions.Task,
        TriviaQa.Task,
        TriviaQa.TestTask,
        QMSum.Task,
        Squality.Task,
        SciTldr.Task,
        FairytaleQa.Task,
        PubMedQa.Task,
        PubMedQa.Conclusions,
        NarrativeQa.Task,
        Qasper.Task,
        Squad.Task,
        new("billsum", "US and California bills", TaskMetric.Rouge, [TableLayout.Summaries("text", "summary")]),
        new("gov_report", "Reports of the US government", TaskMetric.Rouge,
            [TableLayout.Summaries("report", "summary")]),
        new("xsum", "BBC articles and their first sentence", TaskMetric.Rouge,
            [TableLayout.Summaries("document", "summary")]),
        new("samsum", "Chats", TaskMetric.Rouge, [TableLayout.Summaries("dialogue", "summary")]),
        new("openstax", "Sections or chapters of textbooks", TaskMetric.Rouge,
            [TableLayout.Summaries("document", "summary")]),
        OwnTable.Task,
        .. HeadTables.Tasks,
    ];

    /// <summary>The task of that name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that there are.</exception>
    public static DataTask Named(string name)
        => All.FirstOrDefault(task => task.Name == name)
            ?? throw new ArgumentException(
                $"There is no task {name}. There are {string.Join(", ", All.Select(task => task.Name))}.");
}
