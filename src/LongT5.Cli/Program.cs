using System.CommandLine;
using LongT5.Cli;
using LongT5.Cli.Commands;
using LongT5.Documents;

if (args is [ReadingProcess.Verb, .. var document])
    return ReadingProcess.Serve(document);

var root = new RootCommand("LongT5 for .NET: summarise and answer over documents of any length, on an ordinary CPU.")
{
    SummarizeCommand.Create(),
    AnswerCommand.Create(),
    GenerateCommand.Create(),
    TextCommand.Create(),
    TokenizeCommand.Create(),
    InspectCommand.Create(),
    ConvertCommand.Create(),
    ForwardCommand.Create(),
    TrainingCommand.Create("train"),
    TrainingCommand.Create("pretrain"),
    EvaluateCommand.Create(),
    RougeCommand.Create(),
    DataCommand.Create(),
    BenchCommand.Create(),
    DoctorCommand.Create(),
    CompletionCommand.Create(),
};
return await CommandLine.Run(root, args);
