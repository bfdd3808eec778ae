using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Parsing;
using RecDeepRL.Cli.Commands;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Populations;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Questions;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Cli.Completion;

/// <summary>What a shell may suggest for the arguments and options of every command. The directive <c>[suggest:N] "LINE"</c> prints it, one suggestion on a line.</summary>
/// <remarks>An argument or option is known by its name, which means the same in every command. Where nothing is suggested, shells offer files.</remarks>
internal static class Suggestions
{
    private static IReadOnlyList<string> Agents { get; } = [.. CommonOptions.Catalog.Agents.Select(one => one.Name)];

    private static IReadOnlyList<string> Environments { get; } = [.. CommonOptions.Catalog.Environments.Select(one => one.Name)];

    /// <summary>Adds them to all commands below one.</summary>
    public static void AddTo(Command command)
    {
        foreach (var argument in command.Arguments)
        {
            if (SourceOf(command, argument.Name) is { } source)
                argument.CompletionSources.Add(context => source(context).Select(text => new CompletionItem(text)));
        }
        foreach (var option in command.Options)
        {
            if (SourceOf(command, option.Name) is { } source)
            {
                // What the parser offers by itself, such as the names of an enumeration in C#, is not what the user types.
                option.CompletionSources.Clear();
                option.CompletionSources.Add(context => source(context).Select(text => new CompletionItem(text)));
            }
        }
        foreach (var inner in command.Subcommands)
            AddTo(inner);
    }

    private static Func<CompletionContext, IEnumerable<string>>? SourceOf(Command command, string name) => (command.Name, name) switch
    {
        (_, "AGENT" or "--agent") => _ => Agents,
        ("compare", "--env") => context => Listed(context, Environments),
        (_, "--env") => _ => Environments,
        (_, "--agents") => context => Listed(context, Agents),
        (_, "--device") => _ => ["auto", "cpu", "cuda"],
        ("generate" or "fit" or "quality" or "compare", "--kind") => _ => GeneratorRegistry.All.Select(one => one.Name),
        (_, "--kinds") => context => Listed(context, GeneratorRegistry.All.Select(one => one.Name)),
        (_, "MODEL") => _ => ResponseLearners.All.Select(one => one.Name),
        (_, "--metric") => _ => ["both", "final", "training"],
        (_, "--duplicates") => _ => ["keep", "refuse"],
        (_, "--calibrate") => _ => ["isotonic", "none", "platt"],
        ("list", "NAME") => _ => ["agents", "environments", "parts", .. Agents, .. Environments],
        (_, "QUESTION") => _ => QuestionRegistry.All.Select(question => question.Name),
        ("fit" or "generate", "--set") => null,
        (_, "--set") => OptionValues,
        (_, "--search" or "--sweep") => context => OptionsOf(context).Select(option => option.Name + "="),
        (_, "RUN" or "CHECKPOINT" or "--resume" or "--checkpoint") => context => Folders(context, "checkpoints", folder => File.Exists(Path.Combine(folder, "config.json"))),
        (_, "LOG" or "--warm-start") => context => Folders(context, "logs", folder => File.Exists(Path.Combine(folder, "log.json"))),
        ("report", "--format") => _ => ["html", "md"],
        ("report", "RUN_OR_COMPARISON") => context =>
            [.. Folders(context, "results", ComparisonFolder.IsOne), .. Folders(context, "checkpoints", folder => File.Exists(Path.Combine(folder, "config.json")))],
        ("table", "RESULTS") => context => Folders(context, "results", ComparisonFolder.IsOne),
        _ => null,
    };

    /// <summary>Names for the last place of a list with commas.</summary>
    private static IEnumerable<string> Listed(CompletionContext context, IEnumerable<string> names)
    {
        var word = context.WordToComplete;
        var begun = word[..(word.LastIndexOf(',') + 1)];
        var used = begun.Split(',');
        return (begun.Length == 0 ? ["all"] : (string[])[]).Concat(names.Where(name => !used.Contains(name)).Select(name => begun + name));
    }

    /// <summary>Keys of the options of the agents and environments on the line; behind a key, its values: all of a boolean or enumeration, else the default.</summary>
    private static IEnumerable<string> OptionValues(CompletionContext context)
    {
        var word = context.WordToComplete;
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
            return OptionsOf(context).Select(option => option.Name + "=");
        var key = word[..equals];
        return OptionsOf(context).Where(option => option.Name == key).SelectMany(ValuesOf).Select(value => $"{key}={value}");
    }

    private static IEnumerable<string> ValuesOf(OptionDescription option) =>
        option.ValueType == typeof(bool) ? ["false", "true"]
        : option.ValueType.IsEnum ? Enum.GetNames(option.ValueType).Select(OptionText.EnumName)
        : [OptionText.Format(option.Default)];

    /// <summary>Options of what the line names so far; of every agent where it names none.</summary>
    private static IEnumerable<OptionDescription> OptionsOf(CompletionContext context)
    {
        var words = context.ParseResult.Tokens.Where(token => token.Type == TokenType.Argument).SelectMany(token => token.Value.Split(',')).ToHashSet();
        var catalog = CommonOptions.Catalog;
        bool IsNamed(IComponentDescription one) => words.Contains(one.Name) || one.Aliases.Any(words.Contains);
        IReadOnlyList<IComponentDescription> agents = [.. catalog.Agents.Where(IsNamed)];
        IReadOnlyList<IComponentDescription> environments = [.. catalog.Environments.Where(IsNamed)];
        IEnumerable<IComponentDescription> named =
        [
            .. agents.Count > 0 ? agents : [.. catalog.Agents],
            .. environments.Count > 0 ? environments : [.. catalog.Environments.Where(one => one.Name == Configuration.RunInput.DefaultEnvironment)],
        ];
        return named.SelectMany(one => OptionDescription.Of(one.OptionsType)).DistinctBy(option => option.Name).OrderBy(option => option.Name, StringComparer.Ordinal);
    }

    /// <summary>Folders of a kind in what has been typed and, where that is nothing yet, where they usually stand.</summary>
    private static IEnumerable<string> Folders(CompletionContext context, string usual, Func<string, bool> isOne)
    {
        var word = context.WordToComplete;
        var parent = word[..(word.LastIndexOf('/') + 1)];
        IEnumerable<string> below = Directory.Exists(parent.Length == 0 ? "." : parent) ? Directory.EnumerateDirectories(parent.Length == 0 ? "." : parent).Select(path => parent + Path.GetFileName(path)) : [];
        var found = below.Where(isOne);
        if (parent.Length == 0 && Directory.Exists(usual))
            found = found.Concat(Directory.EnumerateDirectories(usual).Where(isOne).Select(path => $"{usual}/{Path.GetFileName(path)}"));
        return found.Order(StringComparer.Ordinal);
    }
}
