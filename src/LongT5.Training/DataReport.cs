using System.Globalization;
using LongT5.Training.Data;
using LongT5.Training.Objectives;

namespace LongT5.Training;

/// <summary>What a run is going to learn from, in numbers, before it begins.</summary>
sealed class DataReport(Recipe recipe)
{
    // Texts that are cut into tokens to be counted; of more, so many that are spread evenly.
    const int MostCounted = 1000;

    const double MostUnknown = 0.02;

    readonly Dictionary<string,
        Counts> _counts = recipe.Corpora.ToDictionary(rows => rows.Key, rows
        => Counts.Of(recipe, recipe.Options.Sources[rows.Key], rows.Value));

    /// <summary>A line for each source, one for the held-out rows, and one for all.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var (name, rows) in recipe.Corpora)
            yield return $"{name}: {Read(rows)}, {_counts[name].Said}";
        foreach (var (name, heldOut) in recipe.HeldOut)
        {
            var held = recipe.HeldOutRows[name];
            var rows = held.SetAside is { } how ? $"{held.Count} rows, {how}" : Read(held);
            yield return $"held out{(recipe.Corpora.Count > 1 ? $" of {name}" : "")}: {rows}; "
                + $"{heldOut.Count} of {held.Count} are measured"
                + (held.Count > heldOut.Count ? " (--held-out-examples says how many)" : "")
                + (recipe.Options.Evaluation.Generate > 0
                    ? $", {Math.Min(recipe.Options.Evaluation.Generate, heldOut.Count)} of them written on" : "");
        }
        if (recipe.Options.Head is { Labels: { Length: > 1 } labels } head)
            yield return $"the head {head.Name} tells {labels.Length} labels: {string.Join(", ", labels.Take(12))}"
                + (labels.Length > 12 ? ", ..." : "");
        if (recipe.Corpora.Count > 1)
            yield return $"drawn by turns: {string.Join("; ", recipe.Stages.Select(Shares))}";
        yield return string.Create(CultureInfo.InvariantCulture,
            $"{recipe.Options.Steps} steps are {recipe.EpochAt(recipe.Options.Steps):0.##} epochs");
    }

    /// <summary>What people should know before they wait for the run.</summary>
    public IEnumerable<string> Warnings()
    {
        foreach (var (name, counts) in _counts)
            if (counts.Unknown is > MostUnknown and var unknown)
                yield return $"the vocabulary does not know {unknown * 100:0}% of the tokens of {name}: it was hardly "
                    + $"made for that script, and what it lacks cannot be learned.";
        foreach (var (name, heldOut) in recipe.HeldOut)
        {
            var counts = recipe.Options.JudgeOf(name) is Judge.Rouge or Judge.Loss;
            if (!counts || heldOut.Uncounted is not (> 0 and var uncounted)) continue;
            yield return $"ROUGE counts Latin letters and digits alone, and {uncounted} of "
                + $"{Math.Min(recipe.Options.Evaluation.Generate, heldOut.Count)} held-out targets have none: choose "
                + $"the best model by its loss.";
        }
        foreach (var held in recipe.HeldOutRows.Values)
            if (Shared(recipe.Corpora.Values, held) is > 0 and var shared)
                yield return $"{shared} of {held.Count} held-out rows are trained on too: what is measured on them "
                    + $"says little.";
    }

    /// <summary>How often each source is drawn in a stage.</summary>
    internal static string Shares(Stage stage)
        => string.Join(", ",
        stage.Shares.Select(share => string.Create(CultureInfo.InvariantCulture, $"{share.Key} "
        + $"{share.Value * 100:0.#}%")));

    static string Read(Corpus rows)
        => $"{rows.Read} rows read" + (rows.LeftOut.Count == 0 ? "" : $", {rows.LeftOut.Values.Sum()} left "
            + $"out{Corpus.Told(rows.LeftOut)}");

    static int Shared(IEnumerable<Corpus> sources, Corpus held)
    {
        var trained = sources.SelectMany(rows => rows.Hashes).ToHashSet();
        return held.Hashes.Count(trained.Contains);
    }

    /// <summary>How the texts of a source lie in the room that the last stage has for them.</summary>
    readonly record struct Counts(int Texts, bool All, int CutInputs, int CutTargets, double Unknown, Room Room,
        bool HasTargets)
    {
        public string Said => string.Create(CultureInfo.InvariantCulture,
            $"{(All ? "" : $"of {Texts} of them ")}{CutInputs} inputs are longer than {Room.Input} tokens"
                + $"{(HasTargets ? $" and {CutTargets} targets longer than {Room.Target}" : "")}, "
                + $"{Unknown * 100:0.##}% of the tokens are unknown");

        public static Counts Of(Recipe recipe, SourceOptions source, Corpus rows)
        {
            var (objective, stage, tokenizer) = (recipe.ObjectiveOf(source), recipe.Options.Stages[^1],
                recipe.Tokenizer);
            var room = new Room(stage.Input, stage.Target);
            var count = Math.Min(rows.Count, MostCounted);
            long tokens = 0, unknown = 0;
            int inputs = 0, targets = 0;
            Parallel.For(0, count, i =>
            {
                var (input, target) = objective.Uncut(rows.Row((int)((long)i * rows.Count / count)));
                if (Add(input) > room.Input) Interlocked.Increment(ref inputs);
                if (target is not null && Add(target) > room.Target) Interlocked.Increment(ref targets);
            });
            return new(count, count == rows.Count, inputs, targets, unknown / Math.Max(1.0, tokens), room,
                HasTargets: recipe.Options.Head is null);

            int Add(string text)
            {
                var ids = tokenizer.Encode(text);
                Interlocked.Add(ref tokens, ids.Length);
                Interlocked.Add(ref unknown, ids.Count(id => id == tokenizer.UnknownId));
                return ids.Length;
            }
        }
    }
}
