using System.CommandLine;
using LongT5.Training;

var root = new RootCommand("The trainer of LongT5 for .NET; started by longt5 pretrain and longt5 train.");
root.Subcommands.Add(TrainCommand.Create("pretrain", "Trains a model on free text."));
root.Subcommands.Add(TrainCommand.Create("train", "Trains a model on pairs of texts, mostly from a checkpoint."));
return root.Parse(args).Invoke();
