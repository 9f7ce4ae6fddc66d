using LongT5.Data.Files;


namespace LongT5.Data;

/// <summary>How the outputs of a task are judged.</summary>
public enum TaskMetric
{
    /// <summary>ROUGE-1, -2 and -Lsum.</summary>
    Rouge,

    /// <summary>Exact match and F1 of tokens, with SQuAD's normalisation.</summary>
    Squad,

    /// <summary>Exact match and F1 of tokens, with TriviaQA's normalisation.</summary>
    TriviaQa,

    /// <summary>Accuracy and the mean F1 of the classes.</summary>
    Classes,

    /// <summary>Of any number of labels (between semicolons): texts that have the right ones, and F1.</summary>
    Labels,

    /// <summary>Of numbers: their squared error and both correlations.</summary>
    Numbers,

    /// <summary>Of tags (between spaces): F1 of entities, as seqeval counts them.</summary>
    Entities,

    /// <summary>BLEU and chrF of the whole, and the mean chrF of the texts.</summary>
    Translation,
}

/// <summary>
/// A task by name: where its examples come from, how they are put to a model, how its outputs are judged.
/// </summary>
/// <param name="Name">What the command line calls it; the paper's tasks as its authors' code does.</param>
/// <param name="About">The data set, in a few words.</param>
/// <param name="Metric">How outputs are judged.</param>
/// <param name="Layouts">The layouts that the data set is published in; the first that is found is read.</param>
public sealed record DataTask(string Name, string About, TaskMetric Metric, IReadOnlyList<DataLayout> Layouts)
{
    /// <summary>The examples of one split, streamed.</summary>
    /// <param name="path">The folder or file that holds the data set.</param>
    /// <param name="options">Which examples, and what happens to bad ones.</param>
    /// <exception cref="FileNotFoundException">There is nothing at the path.</exception>
    /// <exception cref="MissingSplitException">There is nothing of this data set or split.</exception>
    /// <exception cref="BadFileException">A file is damaged, or a row is bad and bad rows are not skipped.</exception>
    public IEnumerable<Example> Read(string path, ReadOptions options)
    {
        var names = DataFile.Under(path).Select(file => file.Name).ToList();
        DataLayout? Of(Split split)
            => Layouts.FirstOrDefault(layout => names.Any(name => layout.Claims(name, options with { Split = split })));
        var layout = Of(options.Split) ?? throw new MissingSplitException(
            $"{path} holds nothing that {Name} is read from for the {Splits.Name(options.Split)} split.",
            [.. Enum.GetValues<Split>().Where(split => Of(split) is not null).Select(Splits.Name)],
            string.Join("; or ", Layouts.Select(layout => layout.Expects)));
        var examples = Guarded(path, layout.Read(path, options));
        return options switch
        {
            { Limit: { } limit, Seed: { } seed } => Sample(examples, limit, seed),
            { Limit: { } limit } => examples.Take(limit),
            _ => examples,
        };
    }

    /// <summary>
    /// What is wrong outside the rows of examples (a split list, a table of stories) is wrong with the whole.
    /// </summary>
    private static IEnumerable<Example> Guarded(string path, IEnumerable<Example> examples)
    {
        using var each = examples.GetEnumerator();
        while (true)
        {
            try
            {
                if (!each.MoveNext()) yield break;
            }
            catch (BadRowException e)
            {
                throw new BadFileException(path, e.Message, cause: e);
            }
            yield return each.Current;
        }
    }

    /// <summary>A reservoir: each example is as likely as any other, and those drawn keep their order.</summary>
    private static IEnumerable<Example> Sample(IEnumerable<Example> examples, int limit, int seed)
    {
        var random = new Random(seed);
        var drawn = new List<(long At, Example Example)>(limit);
        var at = 0L;
        foreach (var example in examples)
        {
            if (drawn.Count < limit)
                drawn.Add((at, example));
            else if (random.NextInt64(at + 1) is var place && place < limit)
                drawn[(int)place] = (at, example);
            at++;
        }
        return drawn.OrderBy(one => one.At).Select(one => one.Example);
    }
}

/// <summary>One layout in which a data set is published.</summary>
/// <param name="Expects">Its files, as a sentence for someone who has none of them.</param>
/// <param name="Claims">Whether a file of this name belongs to it and to the split that is asked for.</param>
/// <param name="Read">Its examples.</param>
public sealed record DataLayout(
    string Expects, Func<string, ReadOptions, bool> Claims, Func<string, ReadOptions, IEnumerable<Example>> Read);
