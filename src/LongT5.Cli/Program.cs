using System.CommandLine;

var root = new RootCommand("LongT5 for .NET: summarise and answer over documents of any length.");
return root.Parse(args).Invoke();
