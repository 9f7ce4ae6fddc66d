using LongT5.Cli;
using LongT5.Cli.Commands;
using LongT5.Documents;
using LongT5.Kernels;
using LongT5.Machine;

AddressSpace.Spare();
Remains.ReturnLarge();
if (args is [ReadingProcess.Verb, .. var document])
    return ReadingProcess.Serve(document);

return await CommandLine.Run(new()
{
    ["summarize"] = SummarizeCommand.Create,
    ["answer"] = AnswerCommand.Create,
    ["classify"] = ClassifyCommand.Create,
    ["tag"] = TagCommand.Create,
    ["generate"] = GenerateCommand.Create,
    ["text"] = TextCommand.Create,
    ["search"] = SearchCommand.Create,
    ["embed"] = EmbedCommand.Create,
    ["tokenize"] = TokenizeCommand.Create,
    ["inspect"] = InspectCommand.Create,
    ["download"] = DownloadCommand.Create,
    ["models"] = ModelsCommand.Create,
    ["convert"] = ConvertCommand.Create,
    ["shrink"] = ShrinkCommand.Create,
    ["forward"] = ForwardCommand.Create,
    ["train"] = () => TrainingCommand.Create("train"),
    ["pretrain"] = () => TrainingCommand.Create("pretrain"),
    ["adapt"] = () => TrainingCommand.Create("adapt"),
    ["tune"] = () => TrainingCommand.Create("tune"),
    ["distill"] = DistillCommand.Create,
    ["evaluate"] = EvaluateCommand.Create,
    ["rouge"] = RougeCommand.Create,
    ["data"] = DataCommand.Create,
    ["bench"] = BenchCommand.Create,
#if SERVES
    ["serve"] = ServeCommand.Create,
    ["mcp"] = McpCommand.Create,
#else
    ["serve"] = () => AbsentServer.Create("serve", "Serve models over HTTP"),
    ["mcp"] = () => AbsentServer.Create("mcp", "Let assistants read documents"),
#endif
    ["doctor"] = DoctorCommand.Create,
    ["completion"] = CompletionCommand.Create,
}, args);
