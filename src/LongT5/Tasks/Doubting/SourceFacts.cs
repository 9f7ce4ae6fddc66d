using System.Text;

namespace LongT5.Tasks.Doubting;

/// <summary>What a document has: words, numbers with their units, dates and names.</summary>
sealed class SourceFacts
{
    // Where more words than this have a capital, as in German, capitals do not mark names.
    private const double MostCapitals = 0.25;

    // So many letters two words share at their beginning if one is made of the other: "Germany", "German".
    private const int Root = 5, Ending = 3;

    private const int MostInitials = 6;

    private readonly HashSet<string> _words = [];
    private readonly HashSet<string> _stems = [];
    private readonly HashSet<string> _roots = [];
    private readonly HashSet<string> _keys = [];
    private readonly HashSet<string> _units = [];
    private readonly Dictionary<decimal, HashSet<string>> _numbers = [];
    private readonly List<Date> _dates = [];
    private readonly StringBuilder _initials = new(), _first = new();
    private int _count, _capitals;
    private string? _allInitials, _allFirst;

    /// <summary>Whether a capital letter tells a name.</summary>
    public bool MarksNames => _capitals <= MostCapitals * _count;

    /// <summary>Takes a sentence of the document.</summary>
    public void Add(string sentence, List<Word> words)
    {
        foreach (var word in words)
        {
            _words.Add(word.Folded);
            _stems.Add(Folding.Stem(word.Folded));
            if (word.IsCapital)
                foreach (var root in Roots(word.Folded)) _roots.Add(root);
            if (Units.Of(sentence.AsSpan(word.Start, word.End - word.Start)) is { } unit) _units.Add(unit);
            if (NumberWords.Meant(word.Folded) is { } meant) Add(meant, "");
            if (Roman(sentence.AsSpan(word.Start, word.End - word.Start)) is > 0 and var roman) Add(roman, "");
            if (!word.Opens && char.IsLetter(sentence[word.Start]))
                (_count, _capitals) = (_count + 1, _capitals + (word.IsCapital ? 1 : 0));
        }
        foreach (var quantity in Quantities.Of(sentence, words))
        {
            if (quantity.Unit is { } unit) _units.Add(unit);
            foreach (var value in quantity.Values) Add(value, quantity.Unit ?? "");
            if (quantity.Key.Length > 0) _keys.Add(quantity.Key);
        }
        foreach (var word in words.Where(word => word.Folded.AsSpan().ContainsAnyInRange('0', '9')))
            foreach (var part in word.Folded.Split([.. "abcdefghijklmnopqrstuvwxyz"], StringSplitOptions.RemoveEmptyEntries))
                if (part.Length < 15 && decimal.TryParse(part, out var value)) Add(value, "");
        _dates.AddRange(Dates.Of(sentence, words));
        _initials.Append(Names.Initials(words)).Append(' ');
        _first.AppendJoin("", words.Select(word => Stopwords.Contains(word.Folded) ? ' ' : word.Folded[0])).Append(' ');
    }

    /// <summary>Whether the document has a number, in whatever form.</summary>
    public bool Has(Quantity quantity)
        => quantity.Values.Any(value => Has(quantity, value)) || quantity.Key.Length > 0 && _keys.Contains(quantity.Key)
            || quantity.Values.Count == 0 && quantity.Key.Split('.', ',').All(part => Has(quantity, part));

    /// <summary>The units that the document has a number with, where none of them is the number's own.</summary>
    /// <returns>Null where the unit is right, or may be.</returns>
    public IReadOnlyCollection<string>? OtherUnits(Quantity quantity)
    {
        if (quantity.Unit is not { } unit) return null;
        var units = quantity.Values.SelectMany(value => _numbers.GetValueOrDefault(value) ?? []).ToHashSet();
        return units.Count == 0 || units.Contains(unit) || units.Contains("") && _units.Contains(unit) ? null
            : [.. units.Where(other => other.Length > 0)];
    }

    /// <summary>Whether the document has a date, or one of which it says less with the rest elsewhere.</summary>
    public bool Has(Date date)
        => _dates.Any(other => date.IsIn(other) && (date.Year is null || other.Year is not null
            || _numbers.ContainsKey(date.Year.Value)));

    /// <summary>Whether the document has a word of a name, or one that it is made of.</summary>
    public bool HasName(string folded, ReadOnlySpan<char> written)
        => folded.Length == 1 || _words.Contains(folded) || _stems.Contains(Folding.Stem(folded))
            || Roots(folded).Any(_roots.Contains)
            || IsInitials(written.TrimEnd('s'))
            || Roman(written) is > 0 and var roman && _numbers.ContainsKey(roman)
            || written.ContainsAnyInRange('0', '9') && IsMadeOfKnown(folded);

    /// <summary>
    /// Whether the document has a name by its first letters: "WHO" for the World Health Organization.
    /// </summary>
    public bool HasAcronym(string initials) => initials.Length > 1 && _words.Contains(initials);

    // Those of words with capitals, or of three words at least that mean something.
    private bool IsInitials(ReadOnlySpan<char> written)
    {
        if (written.Length is < 2 or > MostInitials || written.IndexOfAnyExceptInRange('A', 'Z') >= 0) return false;
        var small = written.ToString().ToLowerInvariant();
        return (_allInitials ??= _initials.ToString()).Contains(small, StringComparison.Ordinal)
            || small.Length > 2 && (_allFirst ??= _first.ToString()).Contains(small, StringComparison.Ordinal);
    }

    private bool Has(Quantity quantity, string part) => decimal.TryParse(part, out var value) && Has(quantity, value);

    private bool Has(Quantity quantity, decimal value)
    {
        if (_numbers.ContainsKey(value)) return true;
        if (quantity.IsDecade && _numbers.Keys.Any(year => year > value && year < value + 10)) return true;
        if (quantity.IsCentury && _numbers.Keys.Any(year => year > 100 * (value - 1) && year <= 100 * value))
            return true;
        if (quantity.Unit == "percent" && _numbers.ContainsKey(value / 100)) return true;
        // Rounded: as far as it is said, or, where it is said to be near, to its last digit.
        var scale = value.Scale;
        if ((scale > 0 || value >= 10) && _numbers.Keys.Any(other => other.Scale > scale
            && Math.Round(other, scale, MidpointRounding.AwayFromZero) == value)) return true;
        if (!quantity.IsRound || value <= 0) return false;
        var step = scale > 0 ? 0 : Step(value);
        return step > 0 && _numbers.Keys.Any(other => Math.Abs(other - value) < step);
    }

    // What the last digit that is not nought counts.
    private static decimal Step(decimal value)
    {
        var step = 1m;
        while (step < value && value % (step * 10) == 0) step *= 10;
        return step;
    }

    private void Add(decimal value, string unit)
    {
        if (!_numbers.TryGetValue(value, out var units)) _numbers[value] = units = [];
        units.Add(unit);
    }

    private bool IsMadeOfKnown(string folded)
    {
        var digits = folded.AsSpan().IndexOfAnyInRange('0', '9');
        var end = folded.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        return digits > 1 && end == folded.Length && _words.Contains(folded[..digits])
            && decimal.TryParse(folded.AsSpan(digits), out var value) && _numbers.ContainsKey(value);
    }

    private static IEnumerable<string> Roots(string folded)
    {
        for (var length = Math.Max(Root, folded.Length - Ending); length < folded.Length; length++)
            yield return folded[..length];
        if (folded.Length >= Root) yield return folded;
    }

    private static int Roman(ReadOnlySpan<char> written)
    {
        if (written.Length > 8 || written.IndexOfAnyExcept("IVXLC") >= 0) return 0;
        var (sum, largest) = (0, 0);
        for (var i = written.Length - 1; i >= 0; i--)
        {
            var value = written[i] switch { 'I' => 1, 'V' => 5, 'X' => 10, 'L' => 50, _ => 100 };
            sum += value < largest ? -value : value;
            largest = Math.Max(largest, value);
        }
        return sum;
    }
}
