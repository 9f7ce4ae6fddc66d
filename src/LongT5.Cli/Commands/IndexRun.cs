using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Documents;
using LongT5.Documents.Search;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary>
/// Makes an index, or brings one up to date: files that have not changed since are not read again, and those that are
/// no longer named leave it. A file that cannot be read does not stop the others.
/// </summary>
/// <param name="path">Where the index stands.</param>
/// <param name="force">Whether it is made anew, whatever stands there.</param>
/// <param name="model">Gives passages their vectors; null for words alone.</param>
/// <param name="reading">How documents are read.</param>
sealed class IndexRun(string path, bool force, LongT5Model? model, ReadingOptions reading)
{
    private const int PassagesAtOnce = 32;

    private readonly Embedder? _embedder = model is null ? null : new(model);

    /// <summary>Reads the documents and writes the index.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(IReadOnlyList<InputFile> inputs, CancellationToken cancellation)
    {
        var owner = _embedder is null ? null : IndexedModel.Of(model!.Path, _embedder);
        var before = Known(owner);
        using var file = new OutputFile(path, force: true);
        var (documents, failed, unchanged) = (new List<IndexedDocument>(), 0, 0);
        var ahead = new Queue<(InputFile Input, string Stamp, IndexedDocument? Known, Task<Document>? Read)>();
        var begun = 0;
        for (var done = 0; done < inputs.Count; done++)
        {
            while (begun < inputs.Count && ahead.Count <= Environment.ProcessorCount)
                ahead.Enqueue(Begin(inputs[begun++], before, cancellation));
            var (input, stamp, known, read) = ahead.Dequeue();
            using var progress = Progress.For($"{input.Name} ({done + 1} of {inputs.Count})");
            try
            {
                if (known is not null)
                    unchanged++;
                documents.Add(known ?? Indexed(input, stamp, await read!, progress, cancellation));
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                failed++;
                var (sentence, _) = Failure.Describe(exception);
                Terminal.Complain(sentence.Contains(input.Name, StringComparison.Ordinal)
                    ? sentence : $"{input.Name}: {sentence}");
            }
        }
        new PassageIndex(documents, owner).Write(file.Stream);
        file.Complete();
        Terminal.Complain($"{path}: {documents.Count} documents, {documents.Sum(one => one.Passages.Count)} passages"
            + $"{(unchanged > 0 ? $"; {unchanged} unchanged" : "")}"
            + $"{(failed > 0 ? $"; {failed} failed" : "")}.");
        return failed > 0 ? ExitCode.Failed : ExitCode.Success;
    }

    /// <summary>What stands in the index that is there, by name.</summary>
    private Dictionary<string, IndexedDocument> Known(IndexedModel? owner)
    {
        if (force || !File.Exists(path))
            return [];
        var index = PassageIndex.Open(path);
        if (index.Model is { } other && !other.Fits(owner))
            throw new Failure($"{path} has vectors of {other.Name}, and {(owner is null ? "none were asked for"
                : $"{owner.Name} gives others")}; add --force to make it anew, or name another file with -o.");
        return owner is not null && index.Model is null ? [] // each passage gets its vector
            : index.Documents.Where(one => one.Stamp.Length > 0).DistinctBy(one => one.Name)
                .ToDictionary(one => one.Name);
    }

    private (InputFile, string, IndexedDocument?, Task<Document>?) Begin(
        InputFile input, Dictionary<string, IndexedDocument> before, CancellationToken cancellation)
    {
        var stamp = Stamp(input);
        return before.GetValueOrDefault(input.Name) is { } known && known.Stamp == stamp ? (input, stamp, known, null)
            : (input, stamp, null, input.ReadDocumentAsync(reading, cancellation));
    }

    private IndexedDocument Indexed(
        InputFile input, string stamp, Document document, Progress? progress, CancellationToken cancellation)
    {
        foreach (var note in document.Notes)
            Terminal.Warn($"{input.Name}: {note}");
        var passages = SearchPassage.Of(document);
        var vectors = new List<float>();
        foreach (var chunk in _embedder is null ? [] : passages.Chunk(PassagesAtOnce))
        {
            progress?.Report(new("reading", vectors.Count / _embedder!.Dimensions, passages.Count));
            foreach (var vector in _embedder!.EmbedAll(
                [.. chunk.Select(passage => model!.Tokenizer.Encode(passage.Text))], cancellation))
                vectors.AddRange(vector.Vector.Span);
        }
        return new(input.Name, stamp, passages) { Vectors = vectors.ToArray() };
    }

    /// <summary>Size and time of a file; nothing for what is none.</summary>
    private static string Stamp(InputFile input)
        => input.Path is { } file && new FileInfo(file) is { Exists: true } info
            ? $"{info.Length} {info.LastWriteTimeUtc:O}" : "";
}
