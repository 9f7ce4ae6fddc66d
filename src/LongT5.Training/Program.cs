using System.CommandLine;

var root = new RootCommand("The trainer of LongT5 for .NET; started by longt5 pretrain and longt5 train.");
return root.Parse(args).Invoke();
