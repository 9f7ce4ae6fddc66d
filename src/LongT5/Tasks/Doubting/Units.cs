using System.Collections.Frozen;

namespace LongT5.Tasks.Doubting;

/// <summary>What a number counts: measures, money, time, shares, under all their spellings.</summary>
static class Units
{
    // One unit a line: its name, its spellings, with ":" its signs, whose case matters.
    private const string Table = """
        millimetre millimeter : mm
        centimetre centimeter : cm
        metre meter : m
        kilometre kilometer : km
        inch inche
        foot feet : ft
        yard : yd
        mile : mi
        hectare : ha
        acre
        milligram milligramme : mg
        gram gramme : g
        kilogram kilogramme kilo : kg
        ton tonne : t
        pound : lb lbs £ GBP
        ounce : oz
        millilitre milliliter : ml mL
        litre liter : l L
        gallon : gal
        millisecond : ms
        second : s sec secs
        minute : min mins
        hour : h hr hrs
        day
        week
        month
        year : yr yrs
        decade
        century centurie
        percent percentage pct : %
        dollar : $ USD
        cent
        euro : € EUR
        yen : ¥ JPY
        rupee : ₹ INR
        byte : B
        kilobyte : KB kB
        megabyte : MB
        gigabyte : GB
        terabyte : TB
        bit
        volt : V
        watt : W
        kilowatt : kW
        megawatt : MW
        gigawatt : GW
        hertz : Hz
        kilohertz : kHz
        megahertz : MHz
        gigahertz : GHz
        kelvin : K
        celsius : °C ℃
        fahrenheit : °F ℉
        degree : °
        joule : J
        kilojoule : kJ
        calorie : cal
        kilocalorie : kcal
        pascal : Pa
        kilopascal : kPa
        mole : mol
        ampere amp : A
        """;

    private static readonly (FrozenDictionary<string, string> Words, FrozenDictionary<string, string> Signs) Known
        = Read();

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Signs
        = Known.Signs.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The unit that a word or sign names, or null.</summary>
    /// <param name="written">As it is written.</param>
    public static string? Of(ReadOnlySpan<char> written)
    {
        if (written.IsEmpty) return null;
        if (Signs.TryGetValue(written, out var unit)) return unit;
        if (written.Length < 3) return null;
        var folded = Folding.Of(written);
        return Known.Words.TryGetValue(folded, out unit)
            || folded[^1] == 's' && Known.Words.TryGetValue(folded[..^1], out unit) ? unit : null;
    }

    /// <summary>The unit of a sign that stands at a place, such as "%" or "$", and how long it is.</summary>
    public static string? SignAt(ReadOnlySpan<char> text, int at, out int length)
    {
        for (length = Math.Min(2, text.Length - at); length > 0; length--)
            if (!char.IsAsciiLetterOrDigit(text[at]) && Signs.TryGetValue(text.Slice(at, length), out var unit))
                return unit;
        return null;
    }

    private static (FrozenDictionary<string, string>, FrozenDictionary<string, string>) Read()
    {
        var (words, signs) = (new Dictionary<string, string>(), new Dictionary<string, string>());
        foreach (var line in Table.Split('\n'))
        {
            var sides = line.Split(" : ");
            var names = sides[0].Trim().Split(' ');
            foreach (var name in names) words[name] = names[0];
            foreach (var sign in sides.Length > 1 ? sides[1].Trim().Split(' ') : []) signs[sign] = names[0];
        }
        return (words.ToFrozenDictionary(), signs.ToFrozenDictionary());
    }
}
