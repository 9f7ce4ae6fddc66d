using System.CommandLine;
using System.CommandLine.Parsing;
using LongT5.Training;
using LongT5.Training.Torch;

var root = new RootCommand("The trainer of LongT5 for .NET; started by longt5 pretrain and longt5 train.")
{
    TrainCommand.Create("pretrain", "Train a LongT5 from text alone.", pairs: false),
    TrainCommand.Create("train", "Fine-tune a checkpoint on your own pairs of documents and summaries.", pairs: true),
    DoctorCommand.Create(),
};
var parsed = root.Parse(args);
// The library takes a mistyped option for a file of options.
var mistyped = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
    .FirstOrDefault(token => token.Value.StartsWith('-'))?.Value;
var wrong = mistyped is not null ? $"there is no option {mistyped}" : parsed.Errors.Count > 0 ? parsed.Errors[0].Message.TrimEnd('.') : null;
if (wrong is null) return parsed.Invoke(new() { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
Console.Error.WriteLine($"longt5: {wrong}. See longt5 {parsed.CommandResult.Command.Name} --help.");
return TrainCommand.WrongUse;
