using System.CommandLine;
using LongT5.Training;
using LongT5.Training.Torch;

var root = new RootCommand("The trainer of LongT5 for .NET; started by longt5 pretrain and longt5 train.")
{
    TrainCommand.Create("pretrain", "Train a LongT5 from text alone.", pairs: false),
    TrainCommand.Create("train", "Fine-tune a checkpoint on your own pairs of documents and summaries.", pairs: true),
    DoctorCommand.Create(),
};
return root.Parse(args).Invoke();
