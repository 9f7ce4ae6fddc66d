namespace LongT5.Compare;

/// <summary>One thing to do and to measure.</summary>
/// <param name="Name">What the command line calls it.</param>
/// <param name="Lengths">Tokens of each input.</param>
/// <param name="New">Tokens to write on each, exactly; 0 encodes only.</param>
/// <param name="Beams">Beams of the search.</param>
/// <param name="Type">How our weights are kept: f32, bf16, f16 or int8; with all but f32 the
/// decoder's view of the input is bf16.</param>
/// <param name="Model">base, large or xl, with random weights; embedded; or
/// copy, a base-size model that quotes.</param>
/// <param name="Attention">transient-global, local or full, of the random weights.</param>
/// <param name="Batched">Whether several inputs go at once, or one after another.</param>
/// <param name="Drafts">Tokens of a draft of prompt look-up; 0 for none.</param>
/// <param name="Reference">Whether the reference runs it too: in float32, as far as memory goes.</param>
/// <param name="Against">Which of our own jobs it is held against.</param>
sealed record Job(
    string Name, int[] Lengths, int New = 0, int Beams = 1, string Type = "f32", string Model = "base",
    string Attention = "transient-global",
    bool Batched = false, int Drafts = 0, bool Reference = false, string? Against = null)
{
    private static readonly int[] Documents = [1024, 4096, 1448, 2048, 2896, 1024, 3444, 1722];

    /// <summary>A table's worth, the most telling first.</summary>
    public static IReadOnlyList<Job> All { get; } =
    [
        new("encode-1k", [1024], Reference: true),
        new("encode-4k", [4096], Reference: true),
        new("encode-16k", [16384], Reference: true),
        new("encode-16k-int8", [16384], Type: "int8", Reference: true, Against: "encode-16k"),
        new("greedy-4k", [4096], 512, Reference: true),
        new("greedy-4k-bf16", [4096], 512, Type: "bf16", Reference: true, Against: "greedy-4k"),
        new("greedy-4k-int8", [4096], 512, Type: "int8", Reference: true, Against: "greedy-4k"),
        new("beams4-4k", [4096], 512, 4, Reference: true),
        new("beams4-16k", [16384], 128, 4, Reference: true),
        new("beams4-16k-bf16", [16384], 128, 4, "bf16", Reference: true, Against: "beams4-16k"),
        new("beams4-16k-int8", [16384], 128, 4, "int8", Reference: true, Against: "beams4-16k"),
        new("first-token-64", [64], 1, Reference: true),
        new("first-token-1k", [1024], 1, Reference: true),
        new("documents-in-turn", Documents, 64),
        new("documents-at-once", Documents, 64, Batched: true, Against: "documents-in-turn"),
        new("quote-embedded", [], 256, Model: "embedded"),
        new("quote-embedded-lookup", [], 256, Model: "embedded", Drafts: 10, Against: "quote-embedded"),
        new("quote-copy", [], 256, Model: "copy"),
        new("quote-copy-lookup", [], 256, Model: "copy", Drafts: 10, Against: "quote-copy"),
        new("encode-32k", [32768], Against: "encode-16k"),
        new("encode-64k", [65536], Against: "encode-16k"),
        new("beams4-64k-int8", [65536], 128, 4, "int8", Against: "beams4-16k-int8"),
        new("xl-16k", [16384], 128, 2, Model: "xl"),
        new("xl-16k-bf16", [16384], 128, 2, "bf16", "xl", Against: "xl-16k"),
    ];

    /// <summary>What the reference has to do for it: the same for all types.</summary>
    public string ReferenceKey => $"{Model}-{Attention}-{string.Join('-', Lengths)}-{New}-{Beams}";

    /// <summary>Whether inputs are texts, because random tokens would show nothing.</summary>
    public bool ReadsText => Model is "embedded" or "copy";
}
