using System.CommandLine;
using System.Globalization;
using LongT5.Cli.Flags;
using LongT5.Cli.Output;

namespace LongT5.Cli.Commands;

/// <summary><c>longt5 bench</c>: how fast a model reads and writes on this machine, in a minute.</summary>
static class BenchCommand
{
    private static readonly int[] Lengths = [1024, 4096, 16384];

    public static Command Create()
    {
        var lengths = new Option<int[]>("--lengths")
        {
            Description =
                $"Tokens to read. Default: {string.Join(", ", Lengths)}, those of them that fit into a minute.",
            HelpName = "N",
            AllowMultipleArgumentsPerToken = true,
        };
        var tokens = new Option<int>("--max-new-tokens")
        {
            Description = "Tokens to write after each.",
            HelpName = "N",
            DefaultValueFactory = _ => 64
        };
        var beams = new Option<int>("--num-beams")
        {
            Description = "Beams of the second writing.",
            HelpName = "N",
            DefaultValueFactory = _ => 4
        };
        var json = new Option<bool>("--json") { Description = "One JSON object instead of a table." };
        var command = new ExampledCommand("bench", "Measure this machine, and how fast a model reads and writes on it.",
            "longt5 bench",
            "longt5 bench -m MODEL --dtype int8",
            "longt5 bench -m MODEL --lengths 32768 --threads 8 --json")
        {
            lengths, tokens, beams, json,
        };
        lengths.Validators.Add(result => Bound(result.Tokens, lengths.Name, 1, 1 << 24, result.AddError));
        tokens.Validators.Add(result => Bound(result.Tokens, tokens.Name, 1, 1 << 16, result.AddError));
        beams.Validators.Add(result => Bound(result.Tokens, beams.Name, 1, 1024, result.AddError));
        var flags = new ModelFlags(command);
        command.SetAction((parsed, cancellation) => Task.Run(() =>
        {
            using var model = flags.Load(parsed, cancellation);
            var bench = new Bench(model, parsed.GetValue(tokens), parsed.GetValue(beams));
            using var progress = Progress.For("bench");
            var report = parsed.GetValue(lengths) is { Length: > 0 } asked
                ? bench.Run(asked, null, progress, cancellation)
                : bench.Run(Lengths, TimeSpan.FromMinutes(1), progress, cancellation);
            Progress.Clear();
            if (parsed.GetValue(json))
                Terminal.Out.WriteLine(Json.Object(report.WriteJson));
            else
                report.WriteLines(Terminal.Out);
        }, cancellation));
        return command;
    }

    private static void Bound(IEnumerable<System.CommandLine.Parsing.Token> given, string name, int least, int most,
        Action<string> complain)
    {
        foreach (var token in given)
            if (int.TryParse(token.Value, CultureInfo.InvariantCulture, out var number)
                && (number < least || number > most))
                complain($"{name} must be from {least} to {most}, not {number}.");
    }
}
