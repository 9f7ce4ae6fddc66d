namespace LongT5.Compare;

/// <summary>What one process said of one job.</summary>
sealed record Measured
{
    /// <summary>Seconds of the encoder.</summary>
    public double EncodeS { get; init; }

    /// <summary>
    /// Seconds from the encoder's output to the last token, keys and values of cross attention included.
    /// </summary>
    public double DecodeS { get; init; }

    /// <summary>Seconds of the decoder's steps alone; 0 where the program cannot tell them apart.</summary>
    public double StepsS { get; init; }

    /// <summary>Seconds of the whole process, as it sees itself.</summary>
    public double ProcessS { get; init; }

    /// <summary>Most memory the process held, in MiB.</summary>
    public double PeakMib { get; init; }

    /// <summary>Floating-point operations of the encoder, by the model's shape.</summary>
    public double EncodeOperations { get; init; }

    /// <summary>Bytes that the steps read at least, by the model's shape.</summary>
    public double StepBytes { get; init; }

    /// <summary>Calls of the decoder.</summary>
    public int Steps { get; init; }

    /// <summary>Some numbers of the encoder's output: the first eight of the first, middle and last state.</summary>
    public double[] States { get; init; } = [];

    /// <summary>The tokens written, start tokens included, of all inputs.</summary>
    public int[] Tokens { get; init; } = [];

    /// <summary>What went wrong, if something did.</summary>
    public string? Error { get; init; }
}
