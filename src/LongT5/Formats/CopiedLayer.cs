using System.Globalization;

namespace LongT5.Formats;

/// <summary>A layer of a student: whose sub-layers of its teacher it begins with.</summary>
/// <param name="SelfAttention">The teacher's layer, from 0, whose self-attention it has.</param>
/// <param name="Others">The layer of its other sub-layers: cross attention, in a decoder, and feed-forward.</param>
/// <remarks>
/// Where one layer looks back and the next compares what the first found, as copying takes, neither does anything
/// alone: a layer of two keeps both in one (<c>0/1</c>).
/// </remarks>
public readonly record struct CopiedLayer(int SelfAttention, int Others)
{
    /// <summary>A whole layer.</summary>
    public static implicit operator CopiedLayer(int layer) => new(layer, layer);

    /// <summary>Reads layers as the command line has them: <c>0,2,3</c>, or <c>0/1</c> of one made of two.</summary>
    /// <exception cref="FormatException">There is anything else.</exception>
    internal static CopiedLayer[] ParseList(string text) => [.. text.Split(',').Select(one =>
    {
        var parts = one.Split('/');
        if (parts.Length > 2)
            throw new FormatException($"'{one}' is no layer: 2, or 0/1 of one with the self-attention of 0 was "
                + "expected.");
        var layers = parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var n)
            ? n : throw new FormatException($"'{part}' is no layer: a number from 0 was expected.")).ToArray();
        return new CopiedLayer(layers[0], layers[^1]);
    })];

    /// <inheritdoc/>
    public override string ToString() => SelfAttention == Others ? Others.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{SelfAttention}/{Others}");
}
