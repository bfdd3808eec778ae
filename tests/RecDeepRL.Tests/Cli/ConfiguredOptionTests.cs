using System.Text.Json;
using RecDeepRL.Agents;
using RecDeepRL.Cli.Commands;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments.Comparison;
using RecDeepRL.Experiments.Tuning;
using RecDeepRL.Simulation;
using RecDeepRL.Tests.Contracts;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Cli;

/// <summary>Every option of every agent and environment refuses what it must not take, on each way that leads to it: <c>--set</c>, a configuration file,
/// <c>--sweep</c> and <c>--search</c>.</summary>
public sealed class ConfiguredOptionTests
{
    /// <summary>Every agent and environment: its section in a file, and its name.</summary>
    public static TheoryData<string, string> Components
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var one in AgentRegistry.All)
                all.Add("agent", one.Name);
            foreach (var one in EnvironmentRegistry.All)
                all.Add("environment", one.Name);
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void SettingsOutsideTheRangeAreRefusedByName(string section, string name)
    {
        foreach (var option in OptionDescription.Of(OptionsOf(section, name)))
        {
            foreach (var text in HostileValues.Texts(option))
            {
                var message = Refused(() => From(section, name, [], [$"{section}.{option.Name}={text}"]), $"--set {option.Name}={text}");
                HostileOptionTests.AssertNames(message, option, text.Trim());
            }
        }
    }

    /// <summary>Each file gives every option a value that is wrong, and the message names them all.</summary>
    [Theory]
    [MemberData(nameof(Components))]
    public void FilesWithValuesOutsideTheRangeAreRefusedWithEveryName(string section, string name)
    {
        using var folder = new TemporaryFolder();
        var options = OptionDescription.Of(OptionsOf(section, name)).Select(option => (Option: option, Values: HostileValues.Json(option).ToList())).ToList();
        for (var round = 0; options.Exists(one => round < one.Values.Count); round++)
        {
            var given = options.Select(one => (one.Option, Value: one.Values[round % one.Values.Count])).ToList();
            var path = folder.PathOf($"{round}.json");
            var entries = string.Join(", ", given.Select(one => $"\"{one.Option.Name}\": {one.Value}").Prepend($"\"name\": \"{name}\""));
            File.WriteAllText(path, $"{{ \"{section}\": {{ {entries} }} }}");
            var message = Refused(() => From(section, name, [path], []), File.ReadAllText(path));
            foreach (var (option, value) in given)
            {
                using var json = JsonDocument.Parse(value);
                HostileOptionTests.AssertNames(message, option, OptionJson.TextOf(json.RootElement));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Components))]
    public void SweepsAndSearchesOutsideTheRangeAreRefusedByName(string section, string name)
    {
        var type = OptionsOf(section, name);
        foreach (var option in OptionDescription.Of(type))
        {
            // Commas separate the values of a sweep, so one of them is what is refused.
            foreach (var text in HostileValues.Texts(option).Where(text => text.Trim().Length > 0 && !text.Contains(',', StringComparison.Ordinal)))
            {
                Assert.Contains(option.Name, Refused(() => SweepValues.Of(option.Name, text, type), $"--sweep {option.Name}={text}"), StringComparison.Ordinal);
                Assert.Contains(option.Name, Refused(() => SearchRange.Parse($"{option.Name}={text}", type), $"--search {option.Name}={text}"), StringComparison.Ordinal);
            }
            if (option.Range is null || option.ValueType == typeof(ValueList<double>))
                continue;
            // Values of a range are rounded to four digits, so the ends lie further out than by the smallest step.
            foreach (var end in HostileValues.FarOutside(option.ValueType, option.Range).Concat(["NaN", "Infinity", "x", ""]))
            {
                var other = OptionText.Format(option.Default ?? option.Range.Minimum);
                foreach (var range in new[] { $"{end}..{other}", $"{other}..{end}" })
                    Assert.Contains(option.Name, Refused(() => SweepValues.Of(option.Name, range, type), $"--sweep {option.Name}={range}"), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("""5""", "as a whole", "it was 5", "must be a JSON object")]
    [InlineData("""[]""", "as a whole", "it was []", "must be a JSON object")]
    [InlineData("""null""", "as a whole", "it was none", "must be a JSON object")]
    [InlineData("""{"agent": []}""", "section 'agent'", "it was []", "must be a JSON object")]
    [InlineData("""{"agent": "ddpg"}""", "section 'agent'", "it was ddpg", "must be a JSON object")]
    [InlineData("""{"environment": 1.5}""", "section 'environment'", "it was 1.5", "must be a JSON object")]
    [InlineData("""{"run": true}""", "section 'run'", "it was true", "must be a JSON object")]
    [InlineData("""{"agent": {"name": 5}}""", "agent.name was 5", "must be the name of an agent")]
    [InlineData("""{"environment": {"name": ["context"]}}""", "environment.name was [\"context\"]", "must be the name of an environment")]
    [InlineData("""{"environment": {"name": ""}}""", "Unknown environment ''", "list environments")]
    [InlineData("""{"run": {"sed": 1}}""", "run.sed", "Did you mean 'seed'?", "Allowed are data")]
    [InlineData("""{"run": {"seed": 1.5}}""", "run.seed was 1.5", "a whole number")]
    [InlineData("""{"run": {"seed": "1,000"}}""", "run.seed was 1,000", "a whole number")]
    [InlineData("""{"run": {"seed": 9223372036854775808}}""", "run.seed was 9223372036854775808", "9223372036854775807]")]
    [InlineData("""{"run": {"seed": [1]}}""", "run.seed was [1]", "a whole number")]
    [InlineData("""{"run": {"iterations": 0}}""", "run.iterations was 0", "at least 1")]
    [InlineData("""{"run": {"iterations": 1e3}}""", "run.iterations was 1e3", "a whole number of at least 1")]
    [InlineData("""{"run": {"iterations": 2147483648}}""", "run.iterations was 2147483648", "[1, 2147483647]")]
    [InlineData("""{"run": {"iterations": true}}""", "run.iterations was true", "a whole number")]
    [InlineData("""{"run": {"data": {}}}""", "data folder '{}'")]
    [InlineData("""{"agent": {"name": "ddpg" """, "not valid JSON")]
    [InlineData("", "not valid JSON")]
    public void AFileOfAnotherFormIsRefusedWithThePlace(string text, params string[] says)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.PathOf("config.json"), text);
        var message = Refused(() => RunInput.From(CommonOptions.Catalog, "random", null, [folder.PathOf("config.json")], [], null, null, null, null), text);
        Assert.All(says, part => Assert.Contains(part, message, StringComparison.Ordinal));
        Assert.DoesNotContain('\n', message);
    }

    private static Type OptionsOf(string section, string name) => section == "agent" ? AgentRegistry.Find(name).OptionsType : EnvironmentRegistry.Find(name).OptionsType;

    private static RunInput From(string section, string name, IEnumerable<string> files, IEnumerable<string> settings) => section == "agent"
        ? RunInput.From(CommonOptions.Catalog, name, "popular", files, settings, null, null, null, null)
        : RunInput.From(CommonOptions.Catalog, "random", name, files, settings, null, null, null, null);

    private static string Refused(Func<object?> action, string what)
    {
        var fault = Record.Exception(action);
        Assert.True(fault is UserMistakeException, $"{what}: {(object?)fault ?? "taken"}");
        return fault!.Message;
    }
}
