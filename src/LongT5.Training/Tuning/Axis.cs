using System.Globalization;
using System.Text.Json;

namespace LongT5.Training.Tuning;

/// <summary>A field of the space as numbers from 0 to below 1, which samplers know alone.</summary>
sealed class Axis
{
    // What tells two learning rates apart; more would be noise in a file that people read.
    const int Digits = 4;

    readonly Dimension _of;
    readonly bool _isWhole;
    readonly double _low, _high; // in the logarithm, where it is even in that

    /// <param name="name">The field.</param>
    /// <param name="of">What it may be.</param>
    /// <param name="type">What it is.</param>
    /// <exception cref="ArgumentException">It is no number, and has a range.</exception>
    public Axis(string name, Dimension of, Type type)
    {
        _of = of;
        if (of.Choices is { } choices)
        {
            Cells = choices.Length;
            return;
        }
        _isWhole = type == typeof(int) || type == typeof(long);
        if (!_isWhole && type != typeof(double))
            throw new ArgumentException($"{name} is no number, which has a range; give choices.");
        if (_isWhole && (of.Min % 1 != 0 || of.Max % 1 != 0))
            throw new ArgumentException($"{name} is a whole number, and its range goes from {of.Min} to {of.Max}.");
        // Each whole number has as much room as lies around it.
        var around = _isWhole ? 0.5 : 0;
        (_low, _high) = (Scaled(of.Min!.Value - around), Scaled(of.Max!.Value + around));
    }

    /// <summary>How many values there are to choose from; null of a range.</summary>
    public int? Cells { get; }

    /// <summary>Whether the range is even in the logarithm.</summary>
    public bool IsLogarithmic => _of.Log;

    /// <summary>The values that the field has to be able to have: all choices, or the ends of the range.</summary>
    public IEnumerable<JsonElement> Ends => _of.Choices ?? [At(0), At(Math.BitDecrement(1))];

    /// <summary>The value at a place.</summary>
    /// <param name="place">From 0 to below 1.</param>
    public JsonElement At(double place)
    {
        if (_of.Choices is { } choices) return choices[(int)(place * choices.Length)];
        var scaled = _low + place * (_high - _low);
        var number = _of.Log ? Math.Exp(scaled) : scaled;
        if (!_isWhole) number = double.Parse(number.ToString($"G{Digits}", CultureInfo.InvariantCulture),
            CultureInfo.InvariantCulture);
        number = Math.Clamp(_isWhole ? Math.Round(number) : number, _of.Min!.Value, _of.Max!.Value);
        return _isWhole ? JsonSerializer.SerializeToElement((long)number) : JsonSerializer.SerializeToElement(number);
    }

    /// <summary>The place of a value; null where it is none of the axis.</summary>
    public double? PlaceOf(JsonElement value)
    {
        if (_of.Choices is { } choices)
            return Array.FindIndex(choices, choice => JsonElement.DeepEquals(choice, value)) is >= 0 and var which
                ? (which + 0.5) / choices.Length : null;
        if (value.ValueKind != JsonValueKind.Number || value.GetDouble() is var number
            && (number < _of.Min || number > _of.Max)) return null;
        return Math.Clamp((Scaled(value.GetDouble()) - _low) / (_high - _low), 0, Math.BitDecrement(1));
    }

    double Scaled(double number) => _of.Log ? Math.Log(number) : number;
}
