using LongT5.Cli.Input;

namespace LongT5.Cli.Output;

/// <summary>Which input's result goes where: all to stdout, one to a file, or each to a file of a folder.</summary>
sealed class OutputPlan
{
    private readonly Dictionary<InputFile, string> _paths = [];
    private readonly bool _force;

    /// <param name="inputs">What will be worked on.</param>
    /// <param name="output">What -o named; null for stdout.</param>
    /// <param name="extension">What result files end in: ".summary.txt".</param>
    /// <param name="force">Whether files that are there may be replaced.</param>
    /// <exception cref="Failure">Two inputs would give one file, or several would go to one that exists.</exception>
    public OutputPlan(IReadOnlyList<InputFile> inputs, string? output, string extension, bool force)
    {
        _force = force;
        if (output is null)
            return;
        var intoFolder = inputs.Count > 1 || Directory.Exists(output) || output is [.., '/'] or [.., '\\'];
        if (intoFolder && File.Exists(output))
            throw Failure.Usage($"{output} is a file, but {inputs.Count} texts need a folder: name one with -o.");

        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        // Where report.pdf and report.docx lie side by side, the ending tells their results apart.
        var shared = inputs.CountBy(input => Path.ChangeExtension(input.RelativePath, null), StringComparer.Ordinal)
            .Where(name => name.Value > 1).Select(name => name.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var input in inputs)
        {
            var name = Path.ChangeExtension(input.RelativePath, null);
            if (shared.Contains(name)) name = input.RelativePath;
            var path = intoFolder ? Path.Combine(output, name + extension) : output;
            if (!taken.TryAdd(Path.GetFullPath(path), input.Name))
                throw Failure.Usage($"{taken[Path.GetFullPath(path)]} and {input.Name} would both be written to {path}; run them one by one.");
            if (input.Path is { } source && Path.GetFullPath(source) == Path.GetFullPath(path))
                throw Failure.Usage($"{path} is the input itself; name another file with -o.");
            _paths[input] = path;
        }
    }

    /// <summary>Whether results go to standard output.</summary>
    public bool ToStandardOutput => _paths.Count == 0;

    /// <summary>The file for this input's result, ready to be written; null when it goes to standard output.</summary>
    public OutputFile? Open(InputFile input) => _paths.TryGetValue(input, out var path) ? new OutputFile(path, _force) : null;
}
