using System.CommandLine;
using System.Globalization;
using LongT5.Cli.Flags;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Documents;
using LongT5.Documents.Search;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 search</c>: the passages of many documents that fit a query.</summary>
static class SearchCommand
{
    private const int Most = 1000;

    public static Command Create()
    {
        var words = new Argument<string[]>("index and query")
        {
            Description = "An index, and what is looked for. With --index: documents, or folders of them.",
            Arity = ArgumentArity.OneOrMore,
        };
        var builds = new Option<bool>("--index")
        {
            Description = "Make an index of documents, or bring one up to date: files that have not changed are not "
                + "read again.",
        };
        var output = new Option<string?>("--output", "-o") { Description = "The index to make.", HelpName = "INDEX" };
        var force = new Option<bool>("--force") { Description = "Make the index anew, whatever stands there." };
        var vectors = new Option<bool>("--vectors")
        {
            Description = "Give each passage the vector of a model, for --by vectors; the embedded model is not made "
                + "for that.",
        };
        var by = new Option<string>("--by")
        {
            Description = "Find by the words that passages share with the query (BM25, the default), or by nearness of "
                + "vectors.",
            HelpName = "words|vectors",
            DefaultValueFactory = _ => "words",
        };
        by.AcceptOnlyFromAmong("words", "vectors");
        var count = new Option<int>("--count", "-n")
        {
            Description = "How many passages.",
            HelpName = "N",
            DefaultValueFactory = _ => 5,
        };
        count.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number is < 1 or > Most)
                result.AddError($"--count must be from 1 to {Most}, not {number}.");
        });
        var json = new Option<bool>("--json") { Description = "One JSON object a passage." };
        var password = DocumentFlags.Password();
        var command = new ExampledCommand("search", "Find passages of many documents.",
            "longt5 search --index reports/ -o reports.index",
            "longt5 search reports.index \"cost of repairs\"",
            "longt5 search reports.index cost of repairs --count 20 --json",
            "longt5 search --index reports/ -o reports.index --vectors -m MODEL",
            "longt5 search reports.index \"What did repairs cost?\" --by vectors -m MODEL")
        {
            words, builds, output, force, vectors, by, count, json, password,
        };
        var model = new ModelFlags(command);
        command.SetAction(async (parsed, cancellation) =>
        {
            var said = parsed.GetValue(words)!;
            if (parsed.GetValue(builds))
            {
                var inputs = InputFiles.Expand(said, model.Hub.Settings(parsed).IsOffline);
                var path = parsed.GetValue(output)
                    ?? throw Failure.Usage("--index makes a file; name it with -o INDEX.");
                using var reader = parsed.GetValue(vectors) ? model.Load(parsed, cancellation) : null;
                return await new IndexRun(path, parsed.GetValue(force), reader,
                    new ReadingOptions { Password = parsed.GetValue(password) }).Run(inputs, cancellation);
            }
            if (parsed.GetValue(output) is not null)
                throw Failure.Usage("-o names the index that --index makes; results go to standard output.");
            if (said is not [var place, .. { Length: > 0 } query])
                throw Failure.Usage($"what is looked for in {said[0]}? Write longt5 search {said[0]} \"some words\"; "
                    + $"longt5 search --index {said[0]} -o INDEX makes an index.");
            if (!File.Exists(place))
                throw new Failure(Directory.Exists(place)
                    ? $"{place} is a folder; longt5 search --index {place} -o INDEX makes an index of it."
                    : $"the index {place} does not exist; longt5 search --index FOLDER -o {place} makes it.");
            var index = Open(place);
            var (text, most) = (string.Join(' ', query), parsed.GetValue(count));
            IReadOnlyList<SearchHit> hits;
            if (parsed.GetValue(by) == "words")
                hits = index.Search(text, most);
            else
            {
                if (index.Model is null)
                    throw new Failure($"{place} has no vectors; longt5 search --index FOLDER -o {place} --vectors "
                        + "makes them.");
                using var reader = model.Load(parsed, cancellation);
                hits = Nearest(index, place, reader, text, most, cancellation);
            }
            foreach (var (i, hit) in hits.Index())
                Terminal.Out.WriteLine(parsed.GetValue(json) ? Line(hit) : Paragraph(i + 1, hit));
            if (hits.Count == 0)
                Terminal.Complain("no passage has any of these words.");
            return hits.Count > 0 ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }

    private static PassageIndex Open(string place)
    {
        try
        {
            return PassageIndex.Open(place);
        }
        catch (BadFileException bad)
        {
            throw new Failure($"{bad.Message}; longt5 search --index FOLDER -o INDEX makes an index.", cause: bad);
        }
    }

    /// <summary>An index of another model's vectors is refused: between the two nearness means nothing.</summary>
    private static IReadOnlyList<SearchHit> Nearest(
        PassageIndex index, string place, LongT5Model model, string query, int most, CancellationToken cancellation)
    {
        var embedder = new Embedder(model);
        return index.Model!.Fits(IndexedModel.Of(model.Path, embedder))
            ? index.Search(embedder.Embed(query, cancellation: cancellation).Vector, most)
            : throw new Failure($"{place} has vectors of {index.Model.Name}, and {model.Path} gives others; name that "
                + "model with -m, or make the index anew with --force.");
    }

    private static string Paragraph(int number, SearchHit hit)
    {
        var passage = hit.Passage;
        var page = passage.Page is { } at ? $", page {at}" : "";
        var section = passage.Section is { } heading ? $", {heading}" : "";
        return string.Create(CultureInfo.InvariantCulture,
            $"{number}. {hit.Document}{page}{section}, characters {passage.Start} to {passage.End}, {hit.Score:0.00}\n"
                + $"{passage.Text}\n");
    }

    private static string Line(SearchHit hit) => Json.Object(writer =>
    {
        writer.WriteString("file", hit.Document);
        if (hit.Passage.Page is { } page) writer.WriteNumber("page", page);
        if (hit.Passage.Section is { } section) writer.WriteString("section", section);
        writer.WriteNumber("start", hit.Passage.Start);
        writer.WriteNumber("end", hit.Passage.End);
        writer.WriteNumber("score", Math.Round(hit.Score, 6));
        writer.WriteString("text", hit.Passage.Text);
    });
}
