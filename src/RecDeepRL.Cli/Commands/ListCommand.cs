using System.CommandLine;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments;
using Spectre.Console;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>list</c>: what there is; <c>list NAME</c>: its options.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "agents, environments, parts (what composed environments are made of), or the name of one of them. Without it, all are listed.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("list", "List agents, environments and parts, or the options of one of them with range, default and meaning.") { name };
        command.SetAction(parsed => List(parsed.GetValue(name)));
        return command;
    }

    private static int List(string? name)
    {
        var catalog = CommonOptions.Catalog;
        if (name is null or "agents")
            Screen.Out.Write(Names("agent", catalog.Agents));
        if (name is null or "environments")
            Screen.Out.Write(Names("environment", catalog.Environments));
        var parts = PartsOf(catalog);
        if (name is null or "parts")
        {
            foreach (var registry in parts)
                Screen.Out.Write(Names(registry.Label, registry.Descriptions));
        }
        if (name is null or "agents" or "environments" or "parts")
            return ExitCode.Done;
        List<IComponentDescription> all = [.. catalog.Agents, .. catalog.Environments, .. parts.SelectMany(registry => registry.Descriptions)];
        ShowOptions(all.FirstOrDefault(one => one.Name == name || one.Aliases.Contains(name))
            ?? throw new UserMistakeException($"Unknown agent, environment or part '{name}'.{NearName.Suggest(name, all.SelectMany(one => one.Aliases.Prepend(one.Name)))} 'list' shows all."));
        return ExitCode.Done;
    }

    /// <summary>Every kind of parts that an option of some agent or environment may hold.</summary>
    private static List<PartsAttribute> PartsOf(Catalog catalog) =>
    [
        .. catalog.Agents.Select(one => one.OptionsType).Concat(catalog.Environments.Select(one => one.OptionsType))
            .SelectMany(OptionDescription.Of).Select(option => option.Parts).OfType<PartsAttribute>().DistinctBy(parts => parts.Label),
    ];

    private static Table Names(string kind, IReadOnlyList<IComponentDescription> all)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn(kind).AddColumn("what it is");
        foreach (var one in all)
        {
            var alias = one.Aliases.Count > 0 ? $" ({string.Join(", ", one.Aliases)})" : "";
            table.AddRow(Markup.Escape(one.Name + alias), Markup.Escape(one.Summary + (one.IsBound ? " (a bound: it knows the truth)" : "")));
        }
        return table;
    }

    /// <summary>Name, summary and a table of the options.</summary>
    internal static void ShowOptions(IComponentDescription registration)
    {
        System.Console.WriteLine($"{registration.Name}: {registration.Summary}");
        var options = OptionDescription.Of(registration.OptionsType);
        if (options.Count == 0)
        {
            System.Console.WriteLine("It has no options.");
            return;
        }
        var table = new Table().Border(TableBorder.Simple).AddColumn("option").AddColumn("default").AddColumn("allowed").AddColumn("meaning");
        foreach (var option in options)
            table.AddRow(Markup.Escape(option.Name), Markup.Escape(OptionText.Format(option.Default)), Markup.Escape(option.Allowed), Markup.Escape(option.Meaning));
        Screen.Out.Write(table);
    }
}
