using System.Globalization;
using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>One registered agent in one registered environment, made small by whichever of the usual size options the environment has.</summary>
internal sealed class World : IDisposable
{
    /// <param name="agent">A registered name, or none for the environment alone.</param>
    /// <param name="settings">Options of the environment beside its sizes.</param>
    /// <param name="agentSettings">Options of the agent beside its sizes.</param>
    /// <param name="largeAgent">Whether the agent has the sizes that it has by default.</param>
    public World(
        string? agent, string environment, int users = 60, int items = 12, long seed = 5, IReadOnlyDictionary<string, string>? settings = null,
        IReadOnlyDictionary<string, string>? agentSettings = null, bool largeAgent = false)
    {
        var registration = EnvironmentRegistry.Find(environment);
        var sizes = new Dictionary<string, string>
        {
            ["users"] = users.ToString(CultureInfo.InvariantCulture),
            ["items"] = items.ToString(CultureInfo.InvariantCulture),
            ["slateSize"] = "3",
            ["sampling"] = "0.5",
        };
        var known = OptionDescription.Of(registration.OptionsType);
        // So that sessions, where there are any, are cut off within the rounds that are played.
        if (known.Any(option => option.Name == "sessionLimit" && option.Default is not null))
            sizes["sessionLimit"] = "5";
        var options = OptionsBinder.Bind(registration.OptionsType, sizes.Where(size => known.Any(option => option.Name == size.Key)).Concat(settings ?? new Dictionary<string, string>()));
        Environment = registration.Create(new EnvironmentContext(seed, TestDevice.Chosen, null), options);
        if (agent is null)
            return;
        var chosen = AgentRegistry.Find(agent);
        AgentOrNone = chosen.Create(new AgentContext(Environment.Spec, Environment.Population, seed), OptionsBinder.Bind(chosen.OptionsType, largeAgent ? agentSettings ?? new Dictionary<string, string>() : SmallAgents.Options(agent, agentSettings)));
        if (AgentOrNone is INeedsTruth bound)
            bound.Reveal(Assert.IsAssignableFrom<ITruth>(Environment));
    }

    public IEnvironment Environment { get; }

    public IAgent Agent => AgentOrNone!;

    private IAgent? AgentOrNone { get; }

    /// <summary>Plays rounds as the harness does, one dispose scope each, within a pause of finalisers.</summary>
    /// <returns>The slates shown, as ids.</returns>
    public List<long> Play(int rounds)
    {
        var shown = new List<long>();
        for (var round = 0; round < rounds; round++)
        {
            using var scope = NewDisposeScope();
            var observation = Environment.Observe();
            var slates = Agent.Recommend(observation, RecommendationMode.Explore);
            shown.AddRange(slates.cpu().data<long>());
            Agent.Learn(Environment.Step(slates));
        }
        return shown;
    }

    public void Dispose()
    {
        AgentOrNone?.Dispose();
        Environment.Dispose();
    }

    /// <summary>Names of environments for theories.</summary>
    public static TheoryData<string> Environments => [.. EnvironmentRegistry.All.Select(one => one.Name)];

    /// <summary>Every agent with every environment, for theories.</summary>
    public static TheoryData<string, string> Pairs => PairsWith(EnvironmentRegistry.All.Select(one => one.Name));

    /// <summary>Every agent with the first environment of each shape. What an agent is given differs between shapes; between environments of one
    /// shape only numbers do, so a contract that asks for many rounds need not be tried in all of them.</summary>
    public static TheoryData<string, string> Shapes => PairsWith(s_shapes.Value);

    /// <summary>Some agents with the first environment of each shape.</summary>
    public static TheoryData<string, string> ShapesOf(IEnumerable<string> agents) => PairsWith(s_shapes.Value, agents);

    private static readonly Lazy<IReadOnlyList<string>> s_shapes = new(() =>
    [
        .. EnvironmentRegistry.All.Select(one => one.Name).DistinctBy(name =>
        {
            using var scope = NewDisposeScope();
            using var world = new World(null, name);
            var spec = world.Environment.Spec;
            return (spec.UserFeatureCount > 0, spec.ItemFeatureCount > 0, spec.HasEpisodes);
        }),
    ]);

    private static TheoryData<string, string> PairsWith(IEnumerable<string> environments, IEnumerable<string>? agents = null)
    {
        var pairs = new TheoryData<string, string>();
        foreach (var agent in agents ?? AgentRegistry.All.Select(one => one.Name))
            foreach (var environment in environments)
                pairs.Add(agent, environment);
        return pairs;
    }
}
