namespace LongT5.Tasks;

/// <summary>Makes a summary of the tokens that a model writes, and gives each sentence once it is certain.</summary>
/// <remarks>What was given is never taken back. For one sequence and one thread.</remarks>
interface ISummaryWriter
{
    /// <summary>The summary so far.</summary>
    string Text { get; }

    /// <summary>The sentences of the source that it is made of; null where it is made of words.</summary>
    IReadOnlyList<string>? Quoted { get; }

    /// <summary>What made it end before the model did, or null.</summary>
    string? EndedBy { get; }

    /// <summary>Tokens at the end that are not in the summary.</summary>
    int LeftAway { get; }

    /// <summary>Signs that the vocabulary lacks and that could not be found in the source.</summary>
    int Lost { get; }

    /// <summary>Takes the next token; gives what has become certain, often nothing.</summary>
    string Add(int id);

    /// <summary>Ends it; gives the rest.</summary>
    /// <param name="isCut">Whether a limit ended it, and not the model.</param>
    string Finish(bool isCut);
}
