using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using LongT5.Torch.Native;
using LongT5.Training;
using LongT5.Training.Tuning;

// Not a RootCommand, which would be called after its file.
var root = new Command("longt5", "The trainer of LongT5 for .NET; started by longt5 train and its kin.")
{
    new HelpOption(),
    TrainCommand.Create("pretrain", "Train a LongT5 from text alone.", pairs: false,
        "longt5 pretrain --model config.json --tokenizer spiece.model --data texts/ -o run --optimizer muon",
        "longt5 pretrain options.json --show 3",
        "longt5 pretrain options.json --resume --plot loss.svg"),
    TrainCommand.Create("train", "Fine-tune a checkpoint on your own pairs of documents and summaries.", pairs: true,
        "longt5 train --from google/long-t5-tglobal-base --data pairs.jsonl --held-out dev.jsonl -o run",
        "longt5 train --from my-model --data pairs.jsonl --show 3",
        "longt5 train -o run --resume"),
    AdaptCommand.Create(),
    TuneCommand.Create(),
    DoctorCommand.Create(),
};
root.Add(OptionTable.Command(root));
var parsed = root.Parse(args);
// The library takes a mistyped option for a file of options.
var mistyped = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
    .FirstOrDefault(token => token.Value.StartsWith('-'))?.Value;
var wrong = mistyped is not null ? $"there is no option {mistyped}" : parsed.Errors.Count > 0
    ? Mistake(parsed.Errors[0]) : null;
if (wrong is null) return parsed.Invoke(new()
{
    EnableDefaultExceptionHandler = false,
    ProcessTerminationTimeout = null
});
Console.Error.WriteLine($"longt5: {wrong}. See "
    + $"{(parsed.CommandResult.Command == root ? "" : "longt5 ")}{parsed.CommandResult.Command.Name} --help.");
return TrainCommand.WrongUse;

// The library's own words for a number that is none name .NET's types.
static string Mistake(ParseError error)
{
    var given = error.SymbolResult as OptionResult;
    var type = given is null ? typeof(string) : Nullable.GetUnderlyingType(given.Option.ValueType)
        ?? given.Option.ValueType;
    var wanted = type == typeof(bool) ? "true or false" : type == typeof(double) ? "a number" : type == typeof(int)
        || type == typeof(long) ? "a whole number" : null;
    return wanted is not null && given!.Tokens is [var token] ? $"{given.Option.Name} wants {wanted}, not {token.Value}"
        : error.Message.TrimEnd('.');
}
