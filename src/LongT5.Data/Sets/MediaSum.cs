using LongT5.Data.Files;


namespace LongT5.Data.Sets;

/// <summary>MediaSum: interviews of NPR and CNN, and their topic.</summary>
static class MediaSum
{
    public static readonly DataTask Task = new("media_summarization", "MediaSum: interviews of NPR and CNN",
        TaskMetric.Rouge,
    [
        new("news_dialogue.json beside train_val_test_split.json", (name, _) => IsDialogues(name), Original),
        TableLayout.Of("a table with columns utt, speaker and summary, or document and summary", Interview),
    ]);

    private static IEnumerable<Example> Original(string path, ReadOptions options)
    {
        var lists = DataFile.Under(path).Where(file => Path.GetFileName(file.Name) == "train_val_test_split.json")
            .ToList();
        if (lists.Count == 0) throw new FileNotFoundException($"{path} holds news_dialogue.json but not "
            + $"train_val_test_split.json, which says what belongs to which split.");
        var split = WholeJson.Read(lists[0]);
        var name = options.Split switch { Split.Train => "train", Split.Validation => "val", _ => "test" };
        HashSet<string> wanted;
        try
        {
            wanted = [.. split.Member(name).Strings(name)];
        }
        catch (BadRowException e)
        {
            throw new BadFileException(lists[0].Where, e.Message);
        }
        return DataFile.Under(path).Where(file => IsDialogues(file.Name)).SelectMany(file =>
            TableLayout.Examples(Tables.Of(file, options), options, (row, all) => wanted.Contains(row.Label("id"))
                ? Interview(row, all) : []));
    }

    /// <summary>Who says what, joined by blanks.</summary>
    private static IEnumerable<Example> Interview(Row row, ReadOptions options)
    {
        if (!row.Has("utt"))
            return [Example.Summarize(TableLayout.Name(row), row.Text("document"), row.Texts("summary"))];
        var (speakers, words) = (row.Texts("speaker"), row.Texts("utt"));
        if (speakers.Count != words.Count)
            throw new BadRowException($"{words.Count} utterances have {speakers.Count} speakers");
        var interview = string.Join(" ", speakers.Zip(words, (speaker, said) => $"{speaker}: {said}"));
        return [Example.Summarize(TableLayout.Name(row), interview, row.Texts("summary"))];
    }

    private static bool IsDialogues(string name) => Path.GetFileName(name) == "news_dialogue.json";
}
