using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using RecDeepRL.Cli.Commands;
using RecDeepRL.Cli.Completion;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Cli;

/// <summary>The program: commands in, exit codes out. 0 all went well, 1 a fault of the program, 2 a mistake of the user, 130 stopped by Ctrl-C.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        NativeHeap.KeepFreedMemory();
        WaitingThreads.SpinBriefly();
        var root = Root();
        try
        {
            if (arguments.Length == 0)
                throw new UserMistakeException($"No command was given. Commands are {string.Join(", ", root.Subcommands.Select(command => command.Name))}; try 'train ddpg', or '--help'.");
            var parsed = root.Parse(arguments);
            if (Mistakes(parsed, arguments) is { Count: > 0 } mistakes)
                throw new UserMistakeException(string.Join("; ", mistakes) + $". See '{HelpFor(parsed)}'.");
            if (WantedLibtorch(parsed) is { } libtorch && !LibtorchFolder.IsActive)
                return LibtorchFolder.Run(libtorch, arguments);
            Answer.Prepare(parsed);
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UserMistakeException mistake)
        {
            System.Console.Error.WriteLine(mistake.Message.ReplaceLineEndings(" "));
            return ExitCode.UserMistake;
        }
        catch (NotFiniteException fault)
        {
            System.Console.Error.WriteLine(fault.Message);
            return ExitCode.Fault;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A full disk, a folder taken away: nothing that the program could do better.
            System.Console.Error.WriteLine($"Reading or writing failed: {fault.Message.ReplaceLineEndings(" ").TrimEnd('.')}. What was written before is whole; free space or choose another folder.");
            return ExitCode.UserMistake;
        }
#pragma warning disable CA1031 // The last resort: a fault of the program ends it with its own exit code instead of a core dump.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            System.Console.Error.WriteLine("This is a fault of the program: " + fault);
            return ExitCode.Fault;
        }
    }

    /// <summary>All commands, with what a shell may suggest for their arguments.</summary>
    internal static RootCommand Root()
    {
        var root = new RootCommand("RecDeepRL: train, evaluate and compare recommenders on simulated users.")
        {
            TrainCommand.Create(),
            SimulateCommand.Create(),
            EvaluateCommand.Create(),
            InsightCommand.Create(),
            CompareCommand.Create(),
            WorkerCommand.Create(),
            ClusterCommand.Create(),
            ReportCommand.Create(),
            AnswerCommand.Create(),
            TuneCommand.Create(),
            OpeCommand.Create(),
            TableCommand.Create(),
            PopulationCommand.Create(),
            ListCommand.Create(),
            BenchCommand.Create(),
            DashboardCommand.Create(),
            ConfigsCommand.Create(),
            CompletionCommand.Create(),
            ImportCommand.Create(),
            ResponseCommand.Create(),
        };
        Suggestions.AddTo(root);
        return root;
    }

    /// <summary>What is wrong with a line, each in one sentence without its full stop.</summary>
    /// <remarks>The parser takes <c>--json=no</c> for <c>--json</c> and a word 'no' that belongs to something else, so that is looked for here.</remarks>
    internal static IReadOnlyList<string> Mistakes(ParseResult parsed, string[] arguments)
    {
        var flags = parsed.CommandResult.Command.Options.Where(option => option.ValueType == typeof(bool)).Select(option => option.Name).ToList();
        List<string> mistakes =
        [
            .. from argument in arguments.TakeWhile(argument => argument != "--")
               let end = argument.IndexOfAny(['=', ':'])
               where end > 0 && flags.Contains(argument[..end]) && !bool.TryParse(argument.AsSpan(end + 1), out _)
               select $"{argument[..end]} was {OptionText.Received(argument[(end + 1)..])}, must be true or false, or stand alone for true",
        ];
        return mistakes.Count > 0 ? mistakes : [.. parsed.Errors.Select(Describe).Distinct()];
    }

    /// <summary>A parser's complaint without the names of .NET types.</summary>
    private static string Describe(ParseError error)
    {
        var text = error.Message.ReplaceLineEndings(" ").TrimEnd('.');
        var typeName = text.IndexOf(" as expected type '", StringComparison.Ordinal);
        return typeName < 0 ? text : text[..typeName].Replace("Cannot parse argument", "Cannot read", StringComparison.Ordinal);
    }

    /// <summary>The folder of another libtorch, from the option or the environment variable; none where the packaged one is to be used, or none at all.</summary>
    private static string? WantedLibtorch(ParseResult parsed)
    {
        if (parsed.CommandResult.Command.Options.OfType<Option<string>>().FirstOrDefault(option => option.Name == CommonOptions.LibtorchName) is not { } option)
            return null;
        var folder = parsed.GetValue(option) ?? Environment.GetEnvironmentVariable(LibtorchFolder.Variable);
        return string.IsNullOrEmpty(folder) ? null : folder;
    }

    /// <summary>What to type for help: the command with those above it.</summary>
    private static string HelpFor(ParseResult parsed)
    {
        var words = new List<string> { "--help" };
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Command: not RootCommand } command; result = result.Parent)
            words.Insert(0, command.Command.Name);
        return string.Join(' ', words);
    }
}

/// <summary>What the program tells its caller when it ends.</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Fault = 1;
    public const int UserMistake = 2;
    public const int Interrupted = 130;
}
