using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Cli.Output;
using LongT5.Data;
using LongT5.Text;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 data</c>: a look at the examples of a data set before a model sees them.</summary>
static class DataCommand
{
    private const int Shown = 400; // characters of a text, from its two ends

    public static Command Create() => new("data", "Look at data sets: the tasks there are, examples of one, lengths.")
    {
        Tasks(), Show(), Stats(),
    };

    private static ExampledCommand Tasks()
    {
        var command = new ExampledCommand("tasks", "List the tasks that have a name.", "longt5 data tasks");
        command.SetAction(_ =>
        {
            foreach (var task in DataTasks.All) Terminal.Out.WriteLine($"{task.Name,-32}{task.About}");
        });
        return command;
    }

    private static ExampledCommand Show()
    {
        var command = new ExampledCommand("show",
            "Print a few examples of a task as a model gets them, with their lengths in tokens.",
            "longt5 data show pubmed_summarization pubmed-dataset", "longt5 data show table my-pairs.csv --limit 1");
        var reading = new Reading(command);
        command.SetAction((parsed, stop) => Task.Run(() =>
        {
            var (examples, tokenizer, bad) = reading.Read(parsed, most: 3, stop);
            foreach (var example in examples)
            {
                stop.ThrowIfCancellationRequested();
                Terminal.Out.WriteLine($"== {example.Id}");
                Print("input", example.Input, tokenizer);
                foreach (var target in example.Targets) Print("target", target, tokenizer);
                Terminal.Out.WriteLine();
            }
            bad.Report();
        }, stop));
        return command;
    }

    private static ExampledCommand Stats()
    {
        var json = new Option<bool>("--json") { Description = "One JSON object in place of tables." };
        var command = new ExampledCommand("stats",
            "Count the tokens of a data set: average, median, 90th percentile, maximum, and a histogram.",
            "longt5 data stats qmsum qmsum --split validation") { json };
        var reading = new Reading(command);
        command.SetAction((parsed, stop) => Task.Run(() =>
        {
            var (examples, tokenizer, bad) = reading.Read(parsed, most: null, stop);
            List<int> inputs = [], targets = [];
            foreach (var example in examples)
            {
                stop.ThrowIfCancellationRequested();
                inputs.Add(tokenizer.Encode(example.Input).Length);
                targets.AddRange(example.Targets.Select(target => tokenizer.Encode(target).Length));
            }
            bad.Report();
            if (inputs.Count == 0) throw new Failure("there is no example.");
            (string Name, LengthTable Table)[] tables = [("inputs", LengthTable.Of(inputs)),
                ("targets", LengthTable.Of(targets))];
            if (parsed.GetValue(json)) Terminal.Out.WriteLine(AsJson(tables));
            else PrintTables(tables);
        }, stop));
        return command;
    }

    private static void Print(string name, string text, Tokenizer tokenizer)
    {
        Terminal.Out.WriteLine($"-- {name}: {tokenizer.Encode(text).Length:N0} tokens, {text.Length:N0} characters");
        Terminal.Out.WriteLine(text.Length <= 2 * Shown ? text : $"{text[..Shown]} [...] {text[^Shown..]}");
    }

    private static void PrintTables((string Name, LengthTable Table)[] tables)
    {
        Terminal.Out.WriteLine($"{"tokens",-10}{"count",10}{"average",12}{"median",12}{"90%",12}{"maximum",12}");
        foreach (var (name, table) in tables)
            Terminal.Out.WriteLine(
                $"{name,-10}{table.Count,10:N0}{table.Average,12:N1}{table.Median,12:N1}"
                    + $"{table.Percentile90,12:N0}{table.Maximum,12:N0}");
        foreach (var (name, table) in tables)
        {
            Terminal.Out.WriteLine();
            var most = table.Histogram.Max(bar => bar.Count);
            foreach (var (from, count) in table.Histogram)
                Terminal.Out.WriteLine($"{name,-8} from {from,9:N0} {count,9:N0} "
                    + $"{new string('#', (int)Math.Ceiling(50.0 * count / most))}");
        }
    }

    private static string AsJson((string Name, LengthTable Table)[] tables) => Json.Object(writer =>
    {
        foreach (var (name, table) in tables)
        {
            writer.WriteStartObject(name);
            writer.WriteNumber("count", table.Count);
            writer.WriteNumber("average", table.Average);
            writer.WriteNumber("median", table.Median);
            writer.WriteNumber("percentile_90", table.Percentile90);
            writer.WriteNumber("maximum", table.Maximum);
            writer.WriteStartArray("histogram");
            foreach (var (from, count) in table.Histogram)
            {
                writer.WriteStartObject();
                writer.WriteNumber("from", from);
                writer.WriteNumber("count", count);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
    });

    /// <summary>What both commands are told: a task, a path, a vocabulary, which examples.</summary>
    private sealed class Reading
    {
        private readonly Argument<string> _task =
            new("task") { Description = "The task; longt5 data tasks lists them." };
        private readonly Argument<string> _path =
            new("path") { Description = "The folder or file that holds the data set." };
        private readonly Option<string?> _model = new("--model",
            "-m")
        {
            Description =
                "The model, or vocabulary file, that counts the tokens; without it the embedded model.",
            HelpName = "MODEL"
        };
        private readonly DataFlags _data;
        private readonly HubFlags _hub;

        public Reading(Command command)
        {
            command.Add(_task);
            command.Add(_path);
            command.Add(_model);
            _data = new DataFlags(command);
            _hub = new HubFlags(command);
        }

        public (IEnumerable<Example> Examples, Tokenizer Tokenizer, BadRows Bad) Read(
            ParseResult parsed, int? most, CancellationToken stop)
        {
            var bad = new BadRows();
            var options = _data.Read(parsed, bad.Add);
            var tokenizer = Tokenizer.Load(_hub.Find(parsed, parsed.GetValue(_model), stop));
            var task = DataTasks.Named(parsed.GetRequiredValue(_task));
            return (task.Read(parsed.GetRequiredValue(_path), options with { Limit = options.Limit ?? most }),
                tokenizer, bad);
        }
    }

    /// <summary>The rows that were left out.</summary>
    private sealed class BadRows
    {
        private int _count;

        public void Add(string problem)
        {
            _count++;
            Terminal.Complain($"skipped: {problem}");
        }

        public void Report()
        {
            if (_count > 0) Terminal.Complain($"{_count} bad rows were left out.");
        }
    }
}
