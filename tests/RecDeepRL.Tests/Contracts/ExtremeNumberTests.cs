using System.Globalization;
using System.Runtime.InteropServices;
using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>Responses of a million, the largest learning rates and options at the ends of their ranges leave every agent with numbers that are some, or stop it by name.</summary>
public sealed class ExtremeNumberTests
{
    private const int Rounds = 4;

    /// <summary>Models of probabilities, to which a response of a million is no response: their matrices can no longer be factored, and they say so.</summary>
    private static readonly string[] s_mayStop = ["gaussian-tastes", "pmf"];

    public static TheoryData<string, string> Shapes => World.Shapes;

    public static TheoryData<string> Agents => [.. AgentRegistry.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ResponsesOfAMillionAndTheLargestLearningRatesLeaveNumbers(string agent, string environment)
    {
        var rates = OptionDescription.Of(AgentRegistry.Find(agent).OptionsType).Where(option => option.Name.EndsWith("earningRate", StringComparison.Ordinal))
            .ToDictionary(option => option.Name, option => OptionText.Format(option.Range!.Maximum));
        var stopped = Play(agent, environment, rates, 1e6f);
        Assert.True(stopped is null || s_mayStop.Contains(agent), $"{agent} stopped: {stopped}");
    }

    [Theory]
    [MemberData(nameof(Agents))]
    public void OptionsAtTheEndsOfTheirRangesLeaveNumbers(string agent)
    {
        var environment = (string)World.Shapes.First(row => (string)row[0] == agent)[1];
        var stops = new List<string>();
        foreach (var option in OptionDescription.Of(AgentRegistry.Find(agent).OptionsType).Where(option => option.ValueType == typeof(double)))
        {
            var (range, culture) = (option.Range!, CultureInfo.InvariantCulture);
            var (low, high) = (Convert.ToDouble(range.Minimum, culture), Convert.ToDouble(range.Maximum, culture));
            foreach (var end in new[] { range.MinimumIsExclusive ? Math.BitIncrement(low) : low, range.MaximumIsExclusive ? Math.BitDecrement(high) : high })
            {
                if (Play(agent, environment, new Dictionary<string, string> { [option.Name] = OptionText.Format(end) }, 1) is { } stop)
                    stops.Add(stop);
            }
        }
        Assert.Empty(stops);
    }

    /// <summary>Plays some rounds with responses scaled, and requires valid slates and a state of numbers after each.</summary>
    /// <returns>What the agent stopped by; none where it did not.</returns>
    private static string? Play(string agent, string environment, Dictionary<string, string> settings, float scale)
    {
        var what = string.Join(' ', settings.Select(one => $"{one.Key}={one.Value}"));
        using var world = new World(agent, environment, agentSettings: settings);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                using var scope = NewDisposeScope();
                var observation = world.Environment.Observe();
                var slates = world.Agent.Recommend(observation, RecommendationMode.Explore);
                foreach (var shown in new[] { slates, world.Agent.Recommend(observation, RecommendationMode.Exploit) })
                    Guard.Slates(shown, observation.UserCount, world.Environment.Spec);
                var feedback = world.Environment.Step(slates);
                feedback.Responses.mul_(scale);
                feedback.Reward.mul_(scale);
                world.Agent.Learn(feedback);
                using var state = MemoryCheckpoint.Of(world.Agent);
                Assert.All(state.Tensors, one => Assert.True(!one.Value.is_floating_point() || one.Value.isfinite().all().item<bool>(), $"{what}: {one.Key} in round {round}"));
                Assert.All(world.Agent.Diagnose(), figure => Assert.True(double.IsFinite(figure.Value), $"{what}: {figure.Key} was {figure.Value}"));
            }
            return null;
        }
        catch (ArithmeticException fault)
        {
            return $"{what}: {fault.Message}";
        }
        catch (ExternalException fault) when (fault.Message.StartsWith("linalg.", StringComparison.Ordinal))
        {
            return $"{what}: {fault.Message}";
        }
    }
}
