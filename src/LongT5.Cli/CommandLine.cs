using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using LongT5.Cli.Commands;
using LongT5.Cli.Flags;

namespace LongT5.Cli;

/// <summary>Parses, runs, and turns whatever happens into an exit code and at most one sentence.</summary>
static class CommandLine
{
    public static string Version { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];

    /// <summary>Runs one call of the program.</summary>
    /// <param name="commands">What makes each command, by name, in the order of the help.</param>
    /// <param name="args">The words of the call.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(OrderedDictionary<string, Func<Command>> commands, string[] args)
    {
        try
        {
            args = FirstWord.Spelled(commands.Keys, args);
            return args is ["train" or "pretrain" or "adapt" or "tune", ..] && !args.Any(IsHelp)
                ? TrainingCommand.Start(args)
                : await Invoke(Root(commands, args[0]), args);
        }
        catch (Exception exception)
        {
            var (sentence, code) = Failure.Describe(exception);
            Terminal.Complain(sentence);
            return code;
        }
    }

    /// <summary>
    /// The program with the one command that is asked for, or with all of them where it is none that is known:
    /// their options are many, and a short call would be a fifth slower for them.
    /// </summary>
    private static RootCommand Root(OrderedDictionary<string, Func<Command>> commands, string first)
    {
        var root = new RootCommand(
            "LongT5 for .NET: summarise and answer over documents of any length, on an ordinary CPU.");
        IEnumerable<Func<Command>> made = commands.TryGetValue(first, out var only) ? [only]
            : first == "--version" ? [] : commands.Values;
        foreach (var make in made)
            root.Add(make());
        return root;
    }

    private static bool IsHelp(string argument) => argument is "--help" or "-h" or "-?" or "/?" or "/h";

    private static async Task<int> Invoke(RootCommand root, string[] args)
    {
        foreach (var option in root.Options)
        {
            if (option is HelpOption { Action: HelpAction help })
                option.Action = new HelpWithExamples(help);
            if (option is VersionOption)
                option.Action = new PrintVersion();
        }
        FirstWord.Check(root, args);
        args = OptionalWords.Complete(args);
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0 && parsed.Action is not (HelpWithExamples or PrintVersion))
            return Explain(parsed);

        if (UnknownOption(parsed, args) is { } unknown)
            throw NoSuchOption(parsed, unknown);

        using var stop = new CancellationTokenSource();
        var stopCode = ExitCode.Interrupted;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT,
            signal => Stop(signal, ExitCode.Interrupted));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM,
            signal => Stop(signal, ExitCode.Terminated));
        var settings = new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
            Output = Terminal.Out,
            Error = Terminal.Error,
        };
        try
        {
            var code = await parsed.InvokeAsync(settings, stop.Token);
            await Terminal.Out.FlushAsync(CancellationToken.None);
            return code;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Progress.Clear();
            return stopCode;
        }

        // The first signal asks the work to stop; the second one is left to the system.
        void Stop(PosixSignalContext signal, int code)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stopCode = code;
            stop.Cancel();
        }
    }

    private static int Explain(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.FirstOrDefault(word => word is ['-', '-', >= 'a' and <= 'z', ..]) is { } unknown)
            throw NoSuchOption(parsed, unknown);
        var problem = string.Join(' ',
            parsed.Errors[0].Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        // The library tells of .NET's types.
        if (parsed.Errors[0].SymbolResult is OptionResult { Tokens: [var word], Option: { } option })
        {
            var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
            if (type == typeof(int) && !int.TryParse(word.Value, CultureInfo.InvariantCulture, out _)
                || type == typeof(double) && !double.TryParse(word.Value, CultureInfo.InvariantCulture, out _))
                problem = $"{option.Name} is \"{word.Value}\"; expected a {(type == typeof(int) ? "whole " : "")}number";
        }
        Terminal.Complain($"{problem.TrimEnd('.')}. See {Name(parsed)} --help.");
        return ExitCode.Usage;
    }

    private static Failure NoSuchOption(ParseResult parsed, string word)
    {
        var names = parsed.CommandResult.Command.Options.Select(option => option.Name);
        return Failure.Usage($"there is no option {word}{FirstWord.Meant(word.Split('=')[0], names)} "
            + $"(A file or prompt of that name goes behind --.) See {Name(parsed)} --help.");
    }

    /// <summary>The library takes a mistyped option for one more file; nobody means that.</summary>
    private static string? UnknownOption(ParseResult parsed, string[] args)
        => args.Contains("--") ? null : parsed.CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(value => value is ['-', '-', >= 'a' and <= 'z', ..] or ['-', >= 'a' and <= 'z']
                && !Path.Exists(value));

    private static string Name(ParseResult parsed)
        => parsed.CommandResult.Command is RootCommand ? "longt5" : $"longt5 {parsed.CommandResult.Command.Name}";

    /// <summary>The library's help, and under it what people type.</summary>
    private sealed class HelpWithExamples(HelpAction help) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parsed)
        {
            // The library names the program after its file; people call it longt5.
            var output = parsed.InvocationConfiguration.Output;
            using var text = new StringWriter();
            parsed.InvocationConfiguration.Output = text;
            help.MaxWidth = 100;
            help.Invoke(parsed);
            output.Write(text.ToString().Replace(RootCommand.ExecutableName, "longt5", StringComparison.Ordinal));
            if (parsed.CommandResult.Command is ExampledCommand command)
            {
                output.WriteLine("Examples:");
                foreach (var example in command.Examples)
                    output.WriteLine($"  {example}");
                output.WriteLine();
            }
            return ExitCode.Success;
        }
    }

    private sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parsed)
        {
            parsed.InvocationConfiguration.Output.WriteLine($"longt5 {Version}");
            return ExitCode.Success;
        }
    }
}
