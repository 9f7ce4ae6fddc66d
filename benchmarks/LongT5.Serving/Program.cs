using System.CommandLine;
using System.Globalization;
using LongT5;
using LongT5.Compare;
using LongT5.Serving;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var model = new Option<string>("--model")
{
    Description = "\"base\" for one of random weights, or a checkpoint; the embedded model if left out.",
};
var requests = new Option<int>("--requests") { Description = "How many.", DefaultValueFactory = _ => 64 };
var rounds = new Option<int>("--rounds") { Description = "How often.", DefaultValueFactory = _ => 3 };
var longest = new Option<int>("--longest")
{
    Description = "Tokens of the longest input.",
    DefaultValueFactory = _ => 8192,
};
var seconds = new Option<int>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 60 };
var python = new Option<string>("--reference")
{
    Description = "A Python with transformers: measures the reference, into the file of --times.",
};
var seed = new Option<int>("--seed") { Description = "Other mutants.", DefaultValueFactory = _ => 1 };
var times = new Option<string>("--times") { Description = "Seconds of the reference, a line a request." };

var root = new RootCommand("Many requests on one machine.");
Add("throughput", "Eight clients at once, and the same requests one after another.",
    (path, parsed) => Throughput.Run(path, parsed.GetValue(requests), parsed.GetValue(longest),
        parsed.GetValue(rounds)));
Add("first", "The first token of a short text while a long one is being read.",
    (path, parsed) => FirstToken.Run(path, parsed.GetValue(longest), parsed.GetValue(rounds)));
Add("growth", "Memory of a server over many requests.", (path, parsed) => Growth.Run(path, parsed.GetValue(requests)));
Add("mutants", "Wrong requests of all kinds to one server.", (path, parsed) =>
{
    using var server = LocalServer.Start(path);
    if (!new Fuzz(server, parsed.GetValue(seed)).Run(parsed.GetValue(requests)))
        Environment.ExitCode = 1;
});
Add("overload", "Over HTTP: ten times as many requests as can be served, for a while.",
    (path, parsed) => Overload.Run(Path.Combine(Repository(), "longt5"), path, Letters(path, parsed), parsed.GetValue(seconds)));
Add("beside", "Over HTTP: eight clients of ours, beside the reference before one lock.", (path, parsed) =>
{
    var letters = Letters(path, parsed);
    if (parsed.GetValue(python) is { } program)
        Beside.Reference(program, path, letters, parsed.GetValue(times) ?? "reference.times", parsed.GetValue(seconds));
    else
        Beside.Ours(Path.Combine(Repository(), "longt5"), path, letters, parsed.GetValue(times));
});
return Math.Max(root.Parse(args).Invoke(), Environment.ExitCode);

Letter[] Letters(string path, ParseResult parsed)
{
    using var loaded = LongT5Model.Load(path);
    return Letter.Of(loaded.Tokenizer, Repository(), parsed.GetValue(requests), parsed.GetValue(longest), 1);
}

void Add(string name, string description, Action<string, ParseResult> run)
{
    var command = new Command(name, description) { model, requests, rounds, longest, seconds, seed, python, times };
    command.SetAction(parsed => run(Find(parsed.GetValue(model)), parsed));
    root.Add(command);
}

static string Find(string? model) => model switch
{
    null => Path.Combine(Repository(), "models", "longt5-embedded"),
    "base" => RandomCheckpoint.Make(Path.Combine(Path.GetTempPath(), "longt5-base-transient-global"), "base",
        "transient-global"),
    _ => model,
};

static string Repository()
{
    var folder = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(folder, "LongT5.slnx")))
        folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("This is no clone of LongT5.");
    return folder;
}
