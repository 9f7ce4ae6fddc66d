using LongT5.Cli.Input;

namespace LongT5.Cli.Output;

/// <summary>What becomes of a result where there is one already.</summary>
enum Existing
{
    /// <summary>It is an error.</summary>
    Refused,

    /// <summary>The new one takes its place.</summary>
    Replaced,

    /// <summary>It stays, and its text is not worked on again.</summary>
    Kept,
}

/// <summary>
/// Which input's result goes where: all to stdout, one to a file, each to a file of a folder, all to the lines of one.
/// </summary>
sealed class OutputPlan : IDisposable
{
    private readonly Dictionary<InputFile, string> _paths = [];
    private readonly Existing _existing;
    private readonly LinesFile? _lines;

    /// <param name="inputs">What will be worked on.</param>
    /// <param name="output">What -o named; null for stdout.</param>
    /// <param name="noun">What is made, in one word; result files end in it: ".summary.txt".</param>
    /// <param name="json">Whether results are wanted as JSON.</param>
    /// <param name="existing">What becomes of results that are there.</param>
    /// <exception cref="Failure">Two inputs would give one file, or several
    /// would go to one that is no .jsonl.</exception>
    public OutputPlan(IReadOnlyList<InputFile> inputs, string? output, string noun, bool json, Existing existing)
    {
        (_existing, IsJson, IsBatch, Todo) = (existing, json, inputs.Count > 1 || inputs.Any(input => input.IsFound),
            inputs);
        if (output is null or "-" or "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1")
        {
            if (existing == Existing.Kept)
                throw Failure.Usage("--skip-done looks for results in files; say with -o where they are.");
            return;
        }
        if (Path.GetExtension(output) is ".jsonl" or ".ndjson" && !Directory.Exists(output))
        {
            IsJson = true;
            _lines = new LinesFile(output, existing);
            Todo = [.. inputs.Where(input => !_lines.Done.Contains(NameOf(input)))];
            return;
        }
        var intoFolder = (IsBatch || Directory.Exists(output) || output is [.., '/'] or [.., '\\'])
            && !FileKind.IsSpecial(output);
        if (intoFolder)
            CheckFolder(output, inputs.Count);
        Assign(inputs, output, intoFolder, $".{noun}.{(json ? "json" : "txt")}");
        if (existing == Existing.Kept)
            Todo = [.. inputs.Where(input => !File.Exists(_paths[input]))];
    }

    /// <summary>Whether results are JSON, a line each.</summary>
    public bool IsJson { get; }

    /// <summary>Whether there may be several texts, so that one that fails stops no other.</summary>
    public bool IsBatch { get; }

    /// <summary>The inputs that are still to be worked on.</summary>
    public IReadOnlyList<InputFile> Todo { get; }

    /// <summary>Whether the result of a row of a table, which is a text of its own, is there.</summary>
    public bool IsDone(InputFile input, long row)
        => _existing == Existing.Kept && _lines?.DoneRows.Contains((NameOf(input), row)) == true;

    /// <summary>Whether results go to standard output.</summary>
    public bool ToStandardOutput => IsShared && _lines is null;

    /// <summary>Whether the results of all inputs go to one place.</summary>
    public bool IsShared => _paths.Count == 0;

    /// <summary>What an input is called in results.</summary>
    public static string NameOf(InputFile input) => input.Path is null && !input.IsOnWeb ? "-" : input.Name;

    /// <summary>
    /// Where what is finished of this input is kept until its result is written: beside it; null for standard output.
    /// </summary>
    public string? PartsFile(InputFile input)
        => PlaceOf(input) is { } path && !FileKind.IsSpecial(path) ? path + ".parts" : null;

    /// <summary>The file that an input's result goes to; null for standard output.</summary>
    public string? PlaceOf(InputFile input) => _paths.GetValueOrDefault(input) ?? _lines?.Path;

    /// <summary>The file for this input's result alone, ready to be written; null where it goes elsewhere.</summary>
    public OutputFile? Open(InputFile input)
        => _paths.TryGetValue(input, out var path) ? new OutputFile(path, _existing == Existing.Replaced) : null;

    /// <summary>Writes results to where those of all inputs go: the lines of one file, or standard output.</summary>
    public async Task WriteAsync(string lines, CancellationToken cancellation)
    {
        if (_lines is not null)
        {
            _lines.Add(lines);
            return;
        }
        await Terminal.Out.WriteAsync(lines);
        await Terminal.Out.FlushAsync(cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _lines?.Dispose();

    /// <summary>A name that ends as a file's does is no folder that nobody has made yet.</summary>
    private static void CheckFolder(string output, int count)
    {
        if (File.Exists(output))
            throw Failure.Usage($"{output} is a file, but {count} texts need a folder: name one with -o.");
        if (!Directory.Exists(output) && output is not ([.., '/'] or [.., '\\'])
            && Path.GetExtension(output) is [_, >= 'A', ..])
            throw Failure.Usage($"{output} names one file for {count} texts: name a folder ({output}/), or one that "
                + $"ends in .jsonl for a line each.");
    }

    private void Assign(IReadOnlyList<InputFile> inputs, string output, bool intoFolder, string extension)
    {
        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        // Where report.pdf and report.docx lie side by side, the ending tells their results apart.
        var shared = inputs.CountBy(input => Path.ChangeExtension(input.RelativePath, null), StringComparer.Ordinal)
            .Where(name => name.Value > 1).Select(name => name.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            var name = Path.ChangeExtension(input.RelativePath, null);
            if (shared.Contains(name)) name = input.RelativePath;
            var path = intoFolder ? Path.Combine(output, name + extension) : output;
            if (!taken.TryAdd(Path.GetFullPath(path), input.Name) && !FileKind.IsSpecial(path))
                throw Failure.Usage(
                    $"{taken[Path.GetFullPath(path)]} and {input.Name} would both be written to "
                        + $"{path}; run them one by one.");
            if (input.Path is { } source && Path.GetFullPath(source) == Path.GetFullPath(path))
                throw Failure.Usage($"{path} is the input itself; name another file with -o.");
            _paths[input] = path;
        }
    }
}
