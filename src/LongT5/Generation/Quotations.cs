namespace LongT5.Generation;

/// <summary>
/// The sentences of an input that an output may be made of: whole, token for token, each at most once.
/// </summary>
/// <remarks>
/// Sorted by their tokens, the sentences that go on alike are a range, and a place within them is a range and a depth:
/// what a suffix array is to a text. One sentence may begin another, so an output may be read in several ways; they are
/// followed side by side.
/// </remarks>
public sealed class Quotations
{
    /// <summary>Readings of an output that are followed; real texts need one or two.</summary>
    private const int MostReadings = 16;

    private readonly int[][] _sentences;
    private readonly int[] _places;
    private readonly int[] _separator;

    /// <param name="sentences">The tokens of each, in the order of the input; equal ones
    /// count as one, empty ones as none.</param>
    /// <param name="inOrder">Whether they are to follow each other as they do there.</param>
    /// <param name="separator">Tokens that stand between two of them, and neither before the first nor behind the last;
    /// null for none.</param>
    public Quotations(IEnumerable<int[]> sentences, bool inOrder = false, int[]? separator = null)
    {
        var sorted = sentences.Index().Where(one => one.Item.Length > 0)
            .OrderBy(one => one.Item, Comparer<int[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b)))
            .ThenBy(one => one.Index).ToList();
        sorted = [.. sorted.Where((one, i) => i == 0 || !one.Item.AsSpan().SequenceEqual(sorted[i - 1].Item))];
        (_sentences, _places) = ([.. sorted.Select(one => one.Item)], [.. sorted.Select(one => one.Index)]);
        (IsInOrder, _separator) = (inOrder, separator ?? []);
    }

    /// <summary>Whether the sentences keep their order.</summary>
    public bool IsInOrder { get; }

    /// <summary>Tokens between two sentences.</summary>
    internal int SeparatorLength => _separator.Length;

    /// <summary>Tokens of the shortest sentence; 0 where there is none.</summary>
    public int Shortest => _sentences.Length == 0 ? 0 : _sentences.Min(sentence => sentence.Length);

    /// <summary>
    /// Which sentences an output is made of, by their numbers in the input; null where it is not whole sentences.
    /// </summary>
    public IReadOnlyList<int>? Parse(ReadOnlySpan<int> tokens)
    {
        foreach (var place in Follow(tokens))
            if (IsWhole(place))
                return Chosen(Behind(place));
        return tokens.IsEmpty ? [] : null;
    }

    /// <summary>What an output is made of so far, by numbers in the input.</summary>
    /// <param name="tokens">The output.</param>
    /// <param name="isOver">Whether no more will come. Otherwise only those count that no further token can change.
    /// </param>
    internal IReadOnlyList<int> Complete(ReadOnlySpan<int> tokens, bool isOver)
    {
        var places = Follow(tokens);
        if (places.Count == 0) return [];
        if (isOver)
        {
            var best = places.FindIndex(IsWhole);
            return Chosen(best < 0 ? places[0] : Behind(places[best]));
        }
        List<int>? settled = null;
        foreach (var place in places)
        {
            var chosen = Chosen(IsWhole(place) && place.High - place.Low == 1 ? Behind(place) : place);
            settled ??= chosen;
            var same = settled.Zip(chosen).TakeWhile(pair => pair.First == pair.Second).Count();
            settled = settled[..same];
        }
        return settled!;
    }

    /// <summary>Marks the tokens that may follow an output.</summary>
    /// <param name="tokens">The output, without what it was given to begin with.</param>
    /// <param name="room">Tokens that may still come, an end token among them.</param>
    /// <param name="allowed">[V]: true for each.</param>
    /// <returns>Whether the output may end here.</returns>
    internal bool Allow(ReadOnlySpan<int> tokens, int room, Span<bool> allowed)
    {
        var (mayEnd, any) = (false, false);
        foreach (var place in Follow(tokens))
        {
            any |= Mark(place, room, allowed);
            if (!IsWhole(place)) continue;
            mayEnd = true;
            any |= Mark(Behind(place), room, allowed);
        }
        return mayEnd || !any;
    }

    /// <summary>The tokens that must follow an output, whatever a model says; empty where there is a choice.</summary>
    internal ReadOnlySpan<int> Certain(ReadOnlySpan<int> tokens)
    {
        if (Follow(tokens) is not [{ Depth: > 0 } only]) return [];
        // What the first and the last of a sorted range have in common, all have; one that ends is the first.
        var rest = _sentences[only.Low].AsSpan(only.Depth);
        return rest[..rest.CommonPrefixLength(_sentences[only.High - 1].AsSpan(only.Depth))];
    }

    private List<Place> Follow(ReadOnlySpan<int> tokens)
    {
        List<Place> places = [new(0, _sentences.Length, 0, null)], next = [];
        while (!tokens.IsEmpty)
        {
            // Within a sentence that is known there is nothing to choose.
            if (places is [{ Depth: > 0 } only] && only.High - only.Low == 1
                && tokens.CommonPrefixLength(_sentences[only.Low].AsSpan(only.Depth)) is > 0 and var same)
            {
                places[0] = only with { Depth = only.Depth + same };
                tokens = tokens[same..];
                continue;
            }
            next.Clear();
            foreach (var place in places)
            {
                Advance(place, tokens[0], next);
                if (IsWhole(place)) Advance(Behind(place), tokens[0], next);
            }
            (places, next) = (next, places);
            tokens = tokens[1..];
        }
        return places;
    }

    private void Advance(Place place, int token, List<Place> next)
    {
        if (next.Count == MostReadings) return;
        if (place.Depth < 0)
        {
            if (_separator[^-place.Depth] == token) next.Add(place with { Depth = place.Depth + 1 });
            return;
        }
        var low = Bound(place, token);
        var high = token == int.MaxValue ? place.High : Bound(place with { Low = low }, token + 1);
        for (var i = low; i < high; i++)
            if (IsFree(i, place.Quoted))
            {
                next.Add(new(low, high, place.Depth + 1, place.Quoted));
                return;
            }
    }

    // The first sentence of the range whose next token is not below one.
    private int Bound(Place place, int token)
    {
        var (low, high) = (place.Low, place.High);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var sentence = _sentences[middle];
            if (sentence.Length > place.Depth && sentence[place.Depth] >= token) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    private bool Mark(Place place, int room, Span<bool> allowed)
    {
        var any = false;
        for (var i = place.Low; i < place.High; i++)
        {
            var left = _sentences[i].Length - place.Depth;
            if (left <= 0 || left + 1 > room || !IsFree(i, place.Quoted)) continue;
            allowed[place.Depth < 0 ? _separator[^-place.Depth] : _sentences[i][place.Depth]] = any = true;
        }
        return any;
    }

    // A sentence that is complete comes first among those that go on from it.
    private bool IsWhole(Place place)
        => place.Depth > 0 && _sentences[place.Low].Length == place.Depth && IsFree(place.Low, place.Quoted);

    private Place Behind(Place place) => new(0, _sentences.Length, -_separator.Length, new(place.Low, place.Quoted));

    private bool IsFree(int sentence, Quoted? quoted)
    {
        if (IsInOrder) return quoted is null || _places[sentence] > _places[quoted.Sentence];
        for (; quoted is not null; quoted = quoted.Before)
            if (quoted.Sentence == sentence)
                return false;
        return true;
    }

    private List<int> Chosen(Place place)
    {
        var chosen = new List<int>();
        for (var quoted = place.Quoted; quoted is not null; quoted = quoted.Before)
            chosen.Add(_places[quoted.Sentence]);
        chosen.Reverse();
        return chosen;
    }

    /// <summary>
    /// A place within the sentences from <paramref name="Low"/> to <paramref name="High"/>, which are alike up to it;
    /// below depth 0 it is within the separator before them.
    /// </summary>
    private readonly record struct Place(int Low, int High, int Depth, Quoted? Quoted);

    /// <summary>A sentence that was quoted, after others.</summary>
    private sealed record Quoted(int Sentence, Quoted? Before);
}
