using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Populations;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What holds for the names and options of everything registered.</summary>
public sealed class RegistryTests
{
    /// <summary>Everything that options may hold as parts.</summary>
    private static List<IComponentDescription> Parts =>
    [
        .. EnvironmentRegistry.All.Select(one => one.OptionsType).Concat(AgentRegistry.All.Select(one => one.OptionsType))
            .SelectMany(OptionDescription.Of).Select(option => option.Parts).OfType<PartsAttribute>().DistinctBy(parts => parts.Label).SelectMany(parts => parts.Descriptions),
    ];

    /// <summary>Every option of every environment, agent, part, learned response model and generator of populations: the type of the options record, and the option's name.</summary>
    public static TheoryData<Type, string> Options
    {
        get
        {
            var all = new TheoryData<Type, string>();
            foreach (var type in AgentRegistry.All.Select(one => one.OptionsType).Concat(EnvironmentRegistry.All.Select(one => one.OptionsType)).Concat(Parts.Select(one => one.OptionsType)).Concat(ResponseLearners.All.Select(one => one.OptionsType)).Concat(GeneratorRegistry.All.Select(one => one.OptionsType)))
                foreach (var option in OptionDescription.Of(type))
                    all.Add(type, option.Name);
            return all;
        }
    }

    [Fact]
    public void NamesAreInKebabCaseUniqueAndSummarised()
    {
        Check(AgentRegistry.All.Select(one => (one.Name, one.Aliases, one.Summary)).ToList());
        Check(EnvironmentRegistry.All.Select(one => (one.Name, one.Aliases, one.Summary)).ToList());
        // 'list NAME' looks for all of them at once.
        List<IComponentDescription> everything = [.. AgentRegistry.All, .. EnvironmentRegistry.All, .. Parts];
        Check(everything.Select(one => (one.Name, one.Aliases, one.Summary)).ToList());
        Check(ResponseLearners.All.Select(one => (one.Name, one.Aliases, one.Summary)).ToList());

        static void Check(List<(string Name, IReadOnlyList<string> Aliases, string Summary)> all)
        {
            Assert.NotEmpty(all);
            var names = all.SelectMany(one => one.Aliases.Prepend(one.Name)).ToList();
            Assert.Equal(names.Distinct(), names);
            Assert.All(names, name => Assert.Matches("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", name));
            Assert.All(all, one => Assert.Matches(@"^\S.{9,}[^.\s]$", one.Summary));
        }
    }

    [Fact]
    public void ComponentsAreFoundByNameAndAlias()
    {
        foreach (var one in EnvironmentRegistry.All)
            Assert.All(one.Aliases.Prepend(one.Name), name => Assert.Same(one, EnvironmentRegistry.Find(name)));
        foreach (var one in AgentRegistry.All)
            Assert.All(one.Aliases.Prepend(one.Name), name => Assert.Same(one, AgentRegistry.Find(name)));
    }

    [Fact]
    public void AMistypedNameIsRefusedWithTheNearestOne()
    {
        Assert.Equal(
            "Unknown agent 'thomson'. Did you mean 'thompson'? 'list agents' shows all.",
            Assert.Throws<UserMistakeException>(() => AgentRegistry.Find("thomson")).Message);
        Assert.Equal(
            "Unknown environment 'populr'. Did you mean 'popular'? 'list environments' shows all.",
            Assert.Throws<UserMistakeException>(() => EnvironmentRegistry.Find("populr")).Message);
    }

    [Fact]
    public void ExactlyTheBoundsAskForTheTruth()
    {
        foreach (var one in AgentRegistry.All)
        {
            using var world = new World(one.Name, EnvironmentRegistry.All[0].Name);
            Assert.True(one.IsBound == world.Agent is INeedsTruth, $"{one.Name}: isBound and INeedsTruth disagree");
        }
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void AnOptionTellsItsMeaningAndItsDefault(Type optionsType, string name)
    {
        var option = Find(optionsType, name);
        Assert.Matches(@"^\S.{9,}\.$", option.Meaning);
        // The help text states the default in a column of its own, and the doc comment must not state another.
        Assert.EndsWith($" Default {OptionText.Format(option.Default)}.", option.Documentation, StringComparison.Ordinal);
        Assert.DoesNotContain("Default", option.Meaning, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void ADefaultLiesInItsOwnRange(Type optionsType, string name)
    {
        var option = Find(optionsType, name);
        Assert.True(option.Admits(option.Default), $"{name} has the default {OptionText.Format(option.Default)}, allowed is {option.Allowed}");
        Assert.True(option.Range is not null || option.ValueType.IsEnum || !IsNumeric(option), "a number without a range");
        Assert.Equal(option.ValueType == typeof(PartList), option.Parts is not null);
        // Texts name every option of every part, those of the defaults too, so they are compared rather than the records.
        var texts = OptionsBinder.ToTexts(Activator.CreateInstance(optionsType)!);
        Assert.Equal(texts, OptionsBinder.ToTexts(OptionsBinder.Bind(optionsType, texts)));

        static bool IsNumeric(OptionDescription option) => option.ValueType == typeof(int) || option.ValueType == typeof(double) || option.ValueType == typeof(ValueList<double>);
    }

    private static OptionDescription Find(Type optionsType, string name) => OptionDescription.Of(optionsType).Single(option => option.Name == name);
}
