using LongT5.Scheduling;

namespace LongT5.Server;

/// <summary>A model that is served under a name.</summary>
/// <param name="Name">What requests call it.</param>
/// <param name="Path">A folder, or <c>org/name</c> in the Hugging Face cache; null for the embedded model.</param>
public sealed record ServedModel(string Name, string? Path = null)
{
    /// <summary>
    /// Whether it follows instructions: then a conversation's system message stands before the text, and what it writes
    /// is given as it is. Otherwise the text alone is read, and what is written is a summary.
    /// </summary>
    public bool TakesInstructions { get; init; }

    /// <summary>
    /// Whether it was trained to answer questions from a text, so that the page offers to ask it; those that follow
    /// instructions are asked without this.
    /// </summary>
    public bool Answers { get; init; }

    /// <summary>Whether it is opened with the server, and not when it is first asked for.</summary>
    public bool LoadsAtStart { get; init; } = true;

    /// <summary>Threads that compute; null for one a processor.</summary>
    public int? Threads { get; init; }

    /// <summary>How it is computed; null for the weights as they are stored.</summary>
    public EngineOptions? Engine { get; init; }
}

/// <summary>What a server serves, to whom, and how much of it.</summary>
public sealed record ServerOptions
{
    /// <summary>The name of the model that is served where none is said.</summary>
    public const string EmbeddedName = "longt5-embedded";

    /// <summary>The models; the first one answers requests that name none.</summary>
    public IReadOnlyList<ServedModel> Models { get; init; } = [new(EmbeddedName)];

    /// <summary>Keys, one of which every request has to bring (<c>Authorization: Bearer KEY</c>); none: nobody is
    /// asked.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>
    /// The names that a browser may call this server by, against pages that rename themselves to reach it; empty for
    /// any.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// Whether the page for people stands at <c>/</c>; without it that address is left to the program. True.
    /// </summary>
    public bool HasPage { get; init; } = true;

    /// <summary>Most bytes of a request with documents. 64 MiB.</summary>
    public long MaxDocumentBytes { get; init; } = 64 << 20;

    /// <summary>Most bytes of a request in JSON. 8 MiB.</summary>
    public long MaxJsonBytes { get; init; } = 8 << 20;

    /// <summary>
    /// Most tokens that a request may have read; what is longer is refused. Null for what memory holds.
    /// </summary>
    public int? MaxInputTokens { get; init; }

    /// <summary>Most tokens that a request may have written. 1024.</summary>
    public int MaxNewTokens { get; init; } = 1024;

    /// <summary>Most beams that a request may ask for. 8.</summary>
    public int MaxBeams { get; init; } = 8;

    /// <summary>Most texts that a request may ask for. 8.</summary>
    public int MaxReturned { get; init; } = 8;

    /// <summary>Longest that a request may take, waiting included. Ten minutes.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most requests of one key that are open at once. 16.</summary>
    public int MaxRequestsOfKey { get; init; } = 16;

    /// <summary>How much is done at a time, and how many requests may wait; the next one is refused (429).</summary>
    public SchedulerOptions Scheduling { get; init; } = new() { MaxWaiting = 128 };

    /// <summary>How long requests may still go on once the server has been asked to end. 30 s.</summary>
    public TimeSpan DrainTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the log shows the texts of requests; otherwise it counts them.</summary>
    public bool LogsText { get; init; }

    /// <summary>
    /// The program that reads documents in a process of its own, and the arguments before
    /// <see cref="Documents.ReadingProcess.Verb"/>; without one, plain text is read and nothing else.
    /// </summary>
    public IReadOnlyList<string>? ReadingCommand { get; init; }

    /// <summary>These options, or one error that lists all that is wrong with them.</summary>
    /// <exception cref="ArgumentException">Some of them make no sense.</exception>
    internal ServerOptions Check()
    {
        var wrong = new List<string>();
        void Refuse(bool really, string sentence)
        {
            if (really) wrong.Add(sentence);
        }
        Refuse(Models.Count == 0, "No model is served; name one.");
        foreach (var twice in Models.GroupBy(model => model.Name).Where(group => group.Count() > 1))
            wrong.Add($"Two models are called {twice.Key}; give each a name of its own.");
        Refuse(Models.Any(model => string.IsNullOrWhiteSpace(model.Name)), "A model has no name.");
        Refuse(ApiKeys.Any(string.IsNullOrWhiteSpace), "A key is empty.");
        Refuse(MaxInputTokens < 2, $"{MaxInputTokens} tokens are no input; allow 2 or more.");
        Refuse(MaxNewTokens < 1 || MaxBeams < 1 || MaxReturned < 1, "Limits of tokens, beams and texts start at 1.");
        Refuse(MaxRequestsOfKey < 1, "One request of a key at least must be able to run.");
        Refuse(MaxDocumentBytes < 1 || MaxJsonBytes < 1, "Limits of bytes start at 1.");
        Refuse(MaxTime <= TimeSpan.Zero || DrainTime < TimeSpan.Zero, "Times are above 0.");
        return wrong.Count == 0 ? this : throw new ArgumentException(string.Join(" ", wrong));
    }
}
