namespace LongT5.Compare;

/// <summary>One thing that both programs do.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Length">Tokens of the input.</param>
/// <param name="New">Tokens to write, exactly; 0 encodes only.</param>
/// <param name="Beams">Beams of the search.</param>
/// <param name="Type">How our weights are kept: f32, bf16, f16 or int8. The reference runs in float32.</param>
/// <param name="Size">base, large or xl.</param>
/// <param name="Reference">Whether the reference can do it in the memory that there is.</param>
sealed record Job(string Name, int Length, int New = 0, int Beams = 1, string Type = "f32", string Size = "base", bool Reference = true)
{
    public static IReadOnlyList<Job> All { get; } =
    [
        new("encode-1k", 1024),
        new("encode-4k", 4096),
        new("encode-16k", 16384),
        new("encode-16k-int8", 16384, Type: "int8"),
        new("encode-32k", 32768, Reference: false),
        new("encode-64k", 65536, Reference: false),
        new("first-token-64", 64, New: 1),
        new("first-token-1k", 1024, New: 1),
        new("greedy-4k", 4096, New: 512),
        new("greedy-4k-int8", 4096, New: 512, Type: "int8"),
        new("beams4-4k", 4096, New: 512, Beams: 4),
        new("beams4-16k", 16384, New: 128, Beams: 4),
        new("beams4-16k-bf16", 16384, New: 128, Beams: 4, Type: "bf16"),
        new("beams4-16k-int8", 16384, New: 128, Beams: 4, Type: "int8"),
        new("xl-16k", 16384, New: 128, Beams: 2, Size: "xl", Reference: false),
        new("xl-16k-bf16", 16384, New: 128, Beams: 2, Type: "bf16", Size: "xl", Reference: false),
    ];
}

/// <summary>What one process said of one job.</summary>
sealed record Measured
{
    /// <summary>Seconds of the encoder.</summary>
    public double EncodeS { get; init; }

    /// <summary>Seconds from the encoder's output to the last token, keys and values of cross attention included.</summary>
    public double DecodeS { get; init; }

    /// <summary>Seconds of the whole process, as it sees itself.</summary>
    public double ProcessS { get; init; }

    /// <summary>Most memory the process held, in MiB.</summary>
    public double PeakMib { get; init; }

    /// <summary>Some numbers of the encoder's output: the first eight of the first, middle and last state.</summary>
    public double[] States { get; init; } = [];

    /// <summary>The tokens written, the start token included.</summary>
    public int[] Tokens { get; init; } = [];

    /// <summary>What went wrong, if something did.</summary>
    public string? Error { get; init; }
}
