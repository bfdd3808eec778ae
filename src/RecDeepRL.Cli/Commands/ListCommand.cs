using System.CommandLine;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using Spectre.Console;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>list</c>: what there is; <c>list NAME</c>: its options.</summary>
internal static class ListCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "agents, environments, or the name of one of them. Without it, all are listed.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("list", "List agents and environments, or the options of one of them with range, default and meaning.") { name };
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
        if (name is null or "agents" or "environments")
            return ExitCode.Done;
        if (catalog.Agents.FirstOrDefault(one => one.Name == name) is { } agent)
            ShowOptions(agent);
        else if (catalog.Environments.FirstOrDefault(one => one.Name == name || one.Aliases.Contains(name)) is { } environment)
            ShowOptions(environment);
        else
        {
            var known = catalog.Agents.Select(one => one.Name).Concat(catalog.Environments.SelectMany(one => one.Aliases.Prepend(one.Name)));
            throw new UserMistakeException($"Unknown agent or environment '{name}'.{NearName.Suggest(name, known)} 'list' shows all.");
        }
        return ExitCode.Done;
    }

    private static Table Names<TContext, TComponent>(string kind, IReadOnlyList<ComponentRegistration<TContext, TComponent>> all)
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
    internal static void ShowOptions<TContext, TComponent>(ComponentRegistration<TContext, TComponent> registration)
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
