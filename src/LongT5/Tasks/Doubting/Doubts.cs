namespace LongT5.Tasks.Doubting;

/// <summary>What a document gives no reason for in the sentences of its summary.</summary>
static class Doubts
{
    // A sentence that has fewer of its words in any passage stands on none.
    private const double Support = 0.5;

    // A passage that has so many words of a sentence says it, or its opposite.
    private const double SaysSo = 0.7;

    // A sentence of fewer words may be said anyhow.
    private const int FewestWords = 4;

    /// <summary>The doubts, sentence by sentence, each sentence's in its order.</summary>
    /// <param name="document">The text that was summarised.</param>
    /// <param name="sentences">The sentences of the summary.</param>
    public static IReadOnlyList<Doubt> Of(string document, IReadOnlyList<string> sentences)
        => Of(new Passages(document), sentences);

    /// <inheritdoc cref="Of(string, IReadOnlyList{string})"/>
    public static IReadOnlyList<Doubt> Of(Passages document, IReadOnlyList<string> sentences)
    {
        var doubts = new List<Doubt>();
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < sentences.Count; i++)
        {
            var words = Word.Of(sentences[i]);
            var found = new List<Doubt>();
            var spelling = string.Join(' ', words.Select(word => word.Folded));
            if (words.Count > 0 && !seen.TryAdd(spelling, i))
                found.Add(new(DoubtKind.Repeated, i, 0, sentences[i].Length, $"it repeats sentence {seen[spelling] + 1}"));
            if (!document.Quotes(sentences[i])) Compare(i, sentences[i], words, document, found);
            doubts.AddRange(found.OrderBy(doubt => doubt.Start));
        }
        return doubts;
    }

    private static void Compare(int index, string sentence, List<Word> words, Passages passages, List<Doubt> found)
    {
        var nearest = passages.Nearest(words, out var within);
        if (nearest is [{ Share: 1 } same, ..] && same.Words.Select(word => word.Folded)
            .SequenceEqual(words.Select(word => word.Folded))) return;
        var dates = Dates.Of(sentence, words);
        foreach (var date in dates.Where(date => !dates.Any(other => other.Start == date.Start && other.End == date.End
            && passages.Facts.Has(other))).DistinctBy(date => date.Start))
            found.Add(new(DoubtKind.Date, index, date.Start, date.End,
                $"the document does not have the date {Quoted(sentence[date.Start..date.End])}"));
        var numbers = Quantities.Of(sentence, words);
        foreach (var number in numbers.Where(number => !IsIdle(number)
            && !found.Any(doubt => number.Start >= doubt.Start && number.End <= doubt.End)))
            Number(index, sentence, words, number, passages, nearest, found);
        if (passages.Facts.MarksNames)
            foreach (var name in Names.Of(sentence, words).Where(name => !found.Any(doubt
                => words[name.First].Start >= doubt.Start && words[name.First].End <= doubt.End)))
                Name(index, sentence, words, name, passages, nearest, found);
        if (Negations.Find(words, [.. nearest.Where(one => one.Share >= SaysSo)]) is var (first, last, added, passage))
            found.Add(new(DoubtKind.Negation, index, words[first].Start, words[last].End, added
                ? $"the passage does not deny it: {Quoted(passage.Text)}"
                : $"the passage denies it: {Quoted(passage.Text)}"));
        if (within < Support && Passages.Content(words).Count >= FewestWords)
            found.Add(new(DoubtKind.Unsupported, index, 0, sentence.Length,
                "no passage of the document has half of its words"));
    }

    private static void Number(int index, string sentence, List<Word> words, Quantity number, Passages passages,
        List<Candidate> nearest, List<Doubt> found)
    {
        var said = sentence[number.Start..number.End];
        Doubt Of(DoubtKind kind, string reason) => new(kind, index, number.Start, number.End, reason);
        if (!passages.Facts.Has(number))
            found.Add(Of(DoubtKind.Number, $"the document does not have the number {Quoted(said)}"));
        else if (passages.Facts.OtherUnits(number) is { } units)
            found.Add(Of(DoubtKind.Unit, units.Count == 0 ? $"the document does not speak of {number.Unit}s"
                : $"where the document has {Quoted(said)} the unit is {string.Join(" or ", units)}, not {number.Unit}"));
        else if (Replacements.Find(words, MentionOf(number, words), nearest, passage =>
            Quantities.Of(passage.Text, passage.Words).Select(other => MentionOf(other, passage.Words))) is { } instead)
            found.Add(Of(DoubtKind.Number, $"the passage has {Quoted(instead)} in this place"));
    }

    private static void Name(int index, string sentence, List<Word> words, Name name, Passages passages,
        List<Candidate> nearest, List<Doubt> found)
    {
        var run = words.GetRange(name.First, name.Count);
        var missing = run.FindAll(word => !passages.Facts.HasName(word.Folded, sentence.AsSpan()[word.Start..word.End])
            && !(word.IsNumber || NumberWords.Meant(word.Folded) is not null));
        if (missing.Count > 0 && !passages.Facts.HasAcronym(InitialsOf(run)))
        {
            var (start, end) = (missing[0].Start, missing[^1].End);
            found.Add(new(DoubtKind.Name, index, start, end,
                $"the document does not have the name {Quoted(sentence[start..end])}"));
        }
        else if (missing.Count == 0 && Replacements.Find(words, MentionOf(name, words), nearest, passage =>
            Names.Of(passage.Text, passage.Words).Select(other => MentionOf(other, passage.Words))) is { } instead)
            found.Add(new(DoubtKind.Name, index, run[0].Start, run[^1].End,
                $"the passage has {Quoted(instead)} in this place"));
    }

    // "One" and "first" count nothing, most of the time; a note in brackets is no statement.
    private static bool IsIdle(Quantity number)
        => number.IsWord && number.Values is [0 or 1] || number.IsWord && number is { Values: [2], Unit: "second" };

    private static Mention MentionOf(Quantity number, List<Word> words)
    {
        var first = words.FindIndex(word => word.End > number.Start);
        var last = words.FindLastIndex(word => word.Start < number.End);
        return new(first, last, [.. number.Values.Select(value => value.ToString("0.############", null)), .. (string[])
            (number.Key.Length > 0 ? [number.Key] : [])]);
    }

    // An acronym is its words, too.
    private static Mention MentionOf(Name name, List<Word> words)
    {
        var run = words.GetRange(name.First, name.Count);
        var spelled = string.Join(' ', run.Select(word => word.Folded));
        return new(name.First, name.First + name.Count - 1, run.Count == 1 ? [spelled] : [spelled, InitialsOf(run)]);
    }

    private static string InitialsOf(List<Word> run) => string.Concat(Names.Initials(run).Split(' '));

    private static string Quoted(string text)
    {
        const int longest = 160;
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return $"\u201c{(line.Length > longest ? line[..longest].TrimEnd() + "\u2026" : line)}\u201d";
    }
}
