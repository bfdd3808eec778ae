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
        var command = new Command("list", "List agents, environments and parts, or the options of one of them with range, default and meaning.") { name, Answer.Option() };
        command.SetAction(parsed => List(parsed.GetValue(name)));
        return command;
    }

    private static int List(string? name)
    {
        var catalog = CommonOptions.Catalog;
        var parts = PartsOf(catalog);
        if (name is null or "agents" or "environments" or "parts")
        {
            bool Asked(string kind) => name is null || name == kind;
            Answer.Give(
                new
                {
                    agents = Asked("agents") ? catalog.Agents.Select(Entry) : [],
                    environments = Asked("environments") ? catalog.Environments.Select(Entry) : [],
                    parts = Asked("parts") ? parts.Select(registry => new { kind = registry.Label, parts = registry.Descriptions.Select(Entry) }) : [],
                },
                console =>
                {
                    if (Asked("agents"))
                        console.Write(Names("agent", catalog.Agents));
                    if (Asked("environments"))
                        console.Write(Names("environment", catalog.Environments));
                    foreach (var registry in Asked("parts") ? parts : [])
                        console.Write(Names(registry.Label, registry.Descriptions));
                });
            return ExitCode.Done;
        }
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
        var options = OptionDescription.Of(registration.OptionsType);
        Answer.Give(
            new
            {
                name = registration.Name,
                aliases = registration.Aliases,
                summary = registration.Summary,
                isBound = registration.IsBound,
                options = options.Select(option => new { name = option.Name, @default = OptionJson.Of(option.Default), allowed = option.Allowed, meaning = option.Meaning }),
            },
            console =>
            {
                System.Console.WriteLine($"{registration.Name}: {registration.Summary}");
                if (options.Count == 0)
                {
                    System.Console.WriteLine("It has no options.");
                    return;
                }
                var table = new Table().Border(TableBorder.Simple).AddColumn("option").AddColumn("default").AddColumn("allowed").AddColumn("meaning");
                foreach (var option in options)
                    table.AddRow(Markup.Escape(option.Name), Markup.Escape(OptionText.Format(option.Default)), Markup.Escape(option.Allowed), Markup.Escape(option.Meaning));
                console.Write(table);
            });
    }

    private static object Entry(IComponentDescription one) => new { name = one.Name, aliases = one.Aliases, summary = one.Summary, isBound = one.IsBound };
}
