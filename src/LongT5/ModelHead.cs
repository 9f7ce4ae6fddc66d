namespace LongT5;

/// <summary>What stands on the last states of a model.</summary>
public enum ModelHead
{
    /// <summary>Nothing: an encoder alone, whose states are its result.</summary>
    None,

    /// <summary>The vocabulary, by the rows of the embedding.</summary>
    Embedding,

    /// <summary>The vocabulary, by a matrix of its own.</summary>
    Vocabulary,
}

/// <summary>Facts about heads.</summary>
public static class ModelHeads
{
    /// <summary>Whether the head stands on a decoder.</summary>
    public static bool HasDecoder(this ModelHead head) => head != ModelHead.None;
}
