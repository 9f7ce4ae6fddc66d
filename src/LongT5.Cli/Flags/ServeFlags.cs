using System.CommandLine;
using System.Net;
using LongT5.Server;

namespace LongT5.Cli.Flags;

/// <summary>What <c>longt5 serve</c> is told.</summary>
sealed class ServeFlags
{
    private const string KeyVariable = "LONGT5_API_KEY";

    private readonly Option<string[]> _models = new("--model", "-m")
    {
        Description = "A model and the name that requests call it by; there may be several, and the first one answers "
            + "requests that name none. Without NAME= the name is that of the folder. Default: the embedded model.",
        HelpName = "NAME=MODEL",
    };
    private readonly Option<string[]> _instructed = new("--instructed")
    {
        Description = "This model follows instructions: a system message stands before the text, and what it writes "
            + "is given as it is.",
        HelpName = "NAME",
    };
    private readonly Option<string[]> _answering = new("--answers")
    {
        Description = "This model was trained to answer questions: the page offers to ask it.",
        HelpName = "NAME",
    };
    private readonly Option<bool> _lazy = new("--on-first-use")
    {
        Description = "Open models when they are first asked for. Default: at the start.",
    };
    private readonly Option<IPAddress> _host = new("--host")
    {
        Description = "The address to listen at; 0.0.0.0 for all. Default: 127.0.0.1, this machine alone.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => ServerProgram.Address,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (text is "localhost") return IPAddress.Loopback;
            if (IPAddress.TryParse(text, out var address)) return address;
            result.AddError($"--host must be an address such as 127.0.0.1 or 0.0.0.0, not {text}");
            return null;
        },
    };
    private readonly Option<int> _port = new("--port")
    {
        Description = $"The port to listen at; 0 for any free one. Default: {ServerProgram.Port}.",
        HelpName = "N",
        DefaultValueFactory = _ => ServerProgram.Port,
    };
    private readonly Option<string?> _config = new("--config")
    {
        Description = "A file of ASP.NET's settings in JSON; where its section Kestrel names endpoints, with their "
            + "certificates for TLS, it listens at those alone.",
        HelpName = "FILE",
    };
    private readonly Option<string[]> _keys = new("--api-key")
    {
        Description = $"A key that requests have to bring; others on this machine can read it here, so rather use "
            + $"--api-key-file, or the variable {KeyVariable}.",
        HelpName = "KEY",
    };
    private readonly Option<FileInfo?> _keyFile = new("--api-key-file")
    {
        Description = "A file of keys, a line each.",
        HelpName = "FILE",
    };
    private readonly Option<string[]> _hosts = new("--allow-host")
    {
        Description = "One more name that this server is called by. Default: localhost and its addresses; any name "
            + "where it listens to other machines.",
        HelpName = "NAME",
    };
    private readonly Option<int?> _threads = new("--threads")
    {
        Description = "Threads that compute; one a processor by default. It changes no result.",
        HelpName = "N",
    };
    private readonly Option<string?> _type = new("--dtype")
    {
        Description = "Keep the weights in memory as f32, bf16, f16 or int8. Default: as they are stored.",
        HelpName = "f32|bf16|f16|int8",
    };
    private readonly Option<long?> _maxInput = Quantities.Tokens("--max-input",
        "Refuse texts with more tokens. Default: what memory holds is read.");
    private readonly Option<long?> _maxMemory = Quantities.Option("--max-memory", "SIZE", "a size such as 800M or 4G",
        "Take at most this much memory beside the weights: 800M, 4G. Default: nine tenths of what is free.");
    private readonly Option<long?> _keep = Quantities.Option("--keep", "SIZE", "a size such as 800M or 4G, or 0 for none",
        "Keep so much of encoded documents, so that none is read again to be asked something else. Default: a quarter "
        + "of --max-memory.", least: 0);
    private readonly Option<int?> _maxTokens = Number("--max-new-tokens",
        "Most tokens that a request may have written.");
    private readonly Option<int?> _maxTime = Number("--max-time",
        "Most seconds that a request may take, waiting included.");
    private readonly Option<int?> _sequences = Number("--max-sequences",
        "Sequences that are written together; beams and samples each count.");
    private readonly Option<int?> _waiting = Number("--max-waiting",
        "Requests that wait behind them; more are refused.");
    private readonly Option<int?> _ofKey = Number("--max-of-key", "Requests of one key that are open at once.");
    private readonly Option<int?> _drain = Number("--drain",
        "Seconds that requests may still go on once the server has been asked to end.");
    private readonly Option<bool> _open = new("--open")
    {
        Description = "Open the page in the browser.",
    };
    private readonly Option<bool> _noPage = new("--no-page")
    {
        Description = "Serve programs alone: no page at /.",
    };
    private readonly Option<bool> _logTexts = new("--log-texts")
    {
        Description = "Show the texts of requests in the log.",
    };

    private HubFlags? _hub;

    /// <summary>Gives a command these flags.</summary>
    public void AddTo(Command command)
    {
        _type.AcceptOnlyFromAmong([.. ElementTypes.OfWeights.Keys]);
        _port.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(ushort.TryParse(token.Value, out _)))
                result.AddError($"--port must be from 0 to 65535, not {token.Value}");
        });
        foreach (var option in new Option[] { _models, _instructed, _answering, _lazy, _host, _port, _config, _keys,
            _keyFile, _hosts, _threads, _type, _maxInput, _maxMemory, _keep, _maxTokens, _maxTime, _sequences, _waiting,
            _ofKey, _drain, _open, _noPage, _logTexts })
            command.Add(option);
        _hub = new(command);
    }

    /// <summary>Where it listens.</summary>
    public IPAddress Address(ParseResult parsed) => parsed.GetValue(_host)!;

    /// <summary>Where it listens.</summary>
    public int Port(ParseResult parsed) => parsed.GetValue(_port);

    /// <summary>The file of ASP.NET's settings; null for none.</summary>
    public string? Settings(ParseResult parsed) => parsed.GetValue(_config);

    /// <summary>Whether the page is opened in the browser.</summary>
    public bool OpensPage(ParseResult parsed)
        => !parsed.GetValue(_open) ? false : !parsed.GetValue(_noPage) ? true
            : throw Failure.Usage("--open opens the page, and --no-page leaves it out; give one of them.");

    /// <summary>What is served.</summary>
    public ServerOptions Read(ParseResult parsed, CancellationToken cancellation)
    {
        var defaults = new ServerOptions();
        TimeSpan Seconds(Option<int?> option, TimeSpan otherwise)
            => parsed.GetValue(option) is { } seconds ? TimeSpan.FromSeconds(seconds) : otherwise;
        return new()
        {
            Models = Models(parsed, cancellation),
            ApiKeys = Keys(parsed),
            AllowedHosts = parsed.GetValue(_hosts) is { Length: > 0 } more ? [.. defaults.AllowedHosts, .. more]
                : IPAddress.IsLoopback(Address(parsed)) ? defaults.AllowedHosts : [],
            MaxInputTokens = (int?)parsed.GetValue(_maxInput),
            Scheduling = defaults.Scheduling with
            {
                MaxMemory = parsed.GetValue(_maxMemory),
                MaxWaiting = parsed.GetValue(_waiting) ?? defaults.Scheduling.MaxWaiting,
                MaxSequences = parsed.GetValue(_sequences) ?? defaults.Scheduling.MaxSequences,
                KeptBytes = parsed.GetValue(_keep),
            },
            MaxNewTokens = parsed.GetValue(_maxTokens) ?? defaults.MaxNewTokens,
            MaxTime = Seconds(_maxTime, defaults.MaxTime),
            MaxRequestsOfKey = parsed.GetValue(_ofKey) ?? defaults.MaxRequestsOfKey,
            DrainTime = Seconds(_drain, defaults.DrainTime),
            HasPage = !parsed.GetValue(_noPage),
            LogsText = parsed.GetValue(_logTexts),
        };
    }

    private List<ServedModel> Models(ParseResult parsed, CancellationToken cancellation)
    {
        var said = parsed.GetValue(_models) is { Length: > 0 } named ? named : [ServerOptions.EmbeddedName + "="];
        var (instructed, answering) = (parsed.GetValue(_instructed) ?? [], parsed.GetValue(_answering) ?? []);
        var type = parsed.GetValue(_type);
        var models = said.Select(text =>
        {
            var (name, path) = text.Split('=', 2) is [var before, var after] ? (before, after)
                : (Path.GetFileName(Path.TrimEndingDirectorySeparator(text)), text);
            // A model that is not there is fetched or told of now, and not when the first asks for it.
            var place = path.Length > 0 ? path : null;
            _ = _hub!.Find(parsed, place, cancellation);
            return new ServedModel(name, place)
            {
                TakesInstructions = instructed.Contains(name),
                Answers = answering.Contains(name),
                LoadsAtStart = !parsed.GetValue(_lazy),
                Threads = parsed.GetValue(_threads),
                Engine = ModelFlags.Engine(type),
            };
        }).ToList();
        var names = models.Select(model => model.Name).ToList();
        foreach (var (flag, meant) in new[] { (_instructed, instructed), (_answering, answering) })
            if (meant.Except(names).FirstOrDefault() is { } unknown)
                throw Failure.Usage($"{flag.Name} {unknown} names no model that is served.");
        return models;
    }

    private List<string> Keys(ParseResult parsed)
    {
        var keys = new List<string>(parsed.GetValue(_keys) ?? []);
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key) keys.Add(key);
        if (parsed.GetValue(_keyFile) is { } file)
        {
            if (!file.Exists) throw new Failure($"{file} does not exist: it would hold the keys, one a line.");
            var lines = File.ReadAllLines(file.FullName).Select(line => line.Trim())
                .Where(line => line.Length > 0 && line[0] != '#').ToList();
            if (lines.Count == 0) throw new Failure($"{file.FullName} holds no key; write one a line.");
            keys.AddRange(lines);
        }
        return keys;
    }

    private static Option<int?> Number(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number < 1)
                result.AddError($"{name} must be 1 or more, not {number}");
        });
        return option;
    }
}
