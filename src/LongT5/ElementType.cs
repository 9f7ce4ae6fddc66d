namespace LongT5;

/// <summary>How one number of a stored tensor is written.</summary>
public enum ElementType
{
    /// <summary>IEEE single precision, 4 bytes.</summary>
    F32,

    /// <summary>The upper half of an IEEE single, 2 bytes.</summary>
    BF16,

    /// <summary>IEEE half precision, 2 bytes.</summary>
    F16,

    /// <summary>IEEE double precision, 8 bytes.</summary>
    F64,

    /// <summary>Signed, 1 byte.</summary>
    I8,

    /// <summary>Unsigned, 1 byte.</summary>
    U8,

    /// <summary>Signed, 2 bytes.</summary>
    I16,

    /// <summary>Signed, 4 bytes.</summary>
    I32,

    /// <summary>Signed, 8 bytes.</summary>
    I64,

    /// <summary>False or true, 1 byte.</summary>
    Bool,
}

/// <summary>Facts about element types.</summary>
public static class ElementTypes
{
    /// <summary>The types that weights can be kept in, by the names that people write.</summary>
    public static IReadOnlyDictionary<string, ElementType> OfWeights { get; } = new Dictionary<string, ElementType>
    {
        ["f32"] = ElementType.F32,
        ["bf16"] = ElementType.BF16,
        ["f16"] = ElementType.F16,
        ["int8"] = ElementType.I8,
    };

    /// <summary>Bytes that one element takes.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.F64 or ElementType.I64 => 8,
        ElementType.F32 or ElementType.I32 => 4,
        ElementType.BF16 or ElementType.F16 or ElementType.I16 => 2,
        _ => 1,
    };

    /// <summary>
    /// Whether numbers of this type count in units of a scale: weights in 8 bits, and in 11, which take 16.
    /// </summary>
    internal static bool IsWhole(this ElementType type) => type is ElementType.I8 or ElementType.I16;
}
