using System.CommandLine;

namespace LongT5.Cli;

/// <summary>A command whose help ends with what people type.</summary>
class ExampledCommand(string name, string description, params string[] examples) : Command(name, description)
{
    public IReadOnlyList<string> Examples => examples;
}
