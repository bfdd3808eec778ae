using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Speed;

/// <summary>How fast a machine simulates and learns: responses per second of whole steps, beside plain libtorch operations, and updates per second of an agent.</summary>
/// <param name="catalog">Of it the environments popular, context, personal and sessions, and the agents random and ddpg.</param>
/// <param name="seconds">For each row; making populations comes on top.</param>
public sealed class SpeedBenchmark(Catalog catalog, Device device, double seconds)
{
    private const int UpdatesAtOnce = 8;

    /// <summary>Measures row by row, as they are asked for.</summary>
    public IEnumerable<SpeedRow> Rows()
    {
        yield return Step("popular", likedEqually: true, ("users", "100000"));
        yield return Step("context", likedEqually: false, ("users", "100000"));
        // What it takes to make a population is not measured: eight factors are as good as ninety-six.
        yield return Step("personal", likedEqually: false, ("rank", "8"));
        yield return Step("sessions", likedEqually: false, ("users", "10000"));
        yield return Learning("ddpg", "personal", ("rank", "8"));
    }

    /// <summary>Everybody takes part, so that every round has the same size.</summary>
    private SpeedRow Step(string name, bool likedEqually, params (string Key, string Value)[] options)
    {
        using var scope = NewDisposeScope();
        using var environment = RunPair.CreateEnvironment(catalog, Plan("random", name, [.. options, ("sampling", "1")]), device);
        environment.Reset(1);
        using var plain = new PlainRound(environment, likedEqually);
        var times = Alternating.Seconds(seconds, Alternating.Clock, () => Done(environment.Step(plain.Slates).Dispose), () => Done(plain.Play));
        var (users, slots) = (environment.Spec.UserCount, environment.Spec.SlateSize);
        return new SpeedRow($"{name}, step", users, slots, "responses", users * (double)slots / times[0], users * (double)slots / times[1]);
    }

    private SpeedRow Learning(string agent, string environment, params (string Key, string Value)[] options)
    {
        using var scope = NewDisposeScope();
        var plan = Plan(agent, environment, options) with { AgentOptions = new Dictionary<string, string> { ["updatesPerIteration"] = $"{UpdatesAtOnce}" } };
        using var pair = RunPair.Create(catalog, plan, device);
        using var observation = pair.Environment.Observe();
        using var slates = pair.Agent.Recommend(observation, RecommendationMode.Explore);
        using var feedback = pair.Environment.Step(slates);
        var times = Alternating.Seconds(seconds, Alternating.Clock, () => Done(() => pair.Agent.Learn(feedback)));
        return new SpeedRow($"{agent} on {environment}, learning", observation.UserCount, pair.Environment.Spec.SlateSize, "updates", UpdatesAtOnce / times[0], null);
    }

    private static RunPlan Plan(string agent, string environment, (string Key, string Value)[] options) =>
        new() { Agent = agent, Environment = environment, EnvironmentOptions = options.ToDictionary(option => option.Key, option => option.Value) };

    private void Done(Action action) => DeviceWork.ToItsEnd(device, action);
}
