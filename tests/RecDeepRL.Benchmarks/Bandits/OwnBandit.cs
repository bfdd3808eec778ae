using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks.Bandits;

/// <summary>What a bandit made of a stream, its first batch left out.</summary>
/// <param name="Seconds">Processor time of deciding and learning.</param>
/// <param name="Decisions">How many.</param>
/// <param name="Reward">Mean response to what was chosen.</param>
/// <param name="Parsing">Seconds of these that went into reading text; 0 where nothing is read.</param>
internal readonly record struct StreamResult(double Seconds, long Decisions, double Reward, double Parsing = 0)
{
    public double PerSecond => Decisions / Seconds;
}

/// <summary>An agent of the program on a stream: it learns from the first batch as it was logged, then decides batch by batch and learns from each.</summary>
/// <param name="Agent">The registered name.</param>
/// <param name="Options">Those that differ from the defaults.</param>
internal sealed record OwnBandit(string Agent, params (string Name, string Value)[] Options)
{
    public string Name => string.Join(' ', Options.Select(option => $"{option.Name}={option.Value}").Prepend(Agent));

    public StreamResult Play(BanditStream stream, long batch)
    {
        using var scope = NewDisposeScope();
        var registration = AgentRegistry.Find(Agent);
        var options = OptionsBinder.Bind(registration.OptionsType, Options.Select(option => KeyValuePair.Create(option.Name, option.Value)));
        using var population = new Population([.. Enumerable.Range(0, (int)batch)], [.. Enumerable.Range(0, stream.Spec.ItemCount)]);
        using var agent = registration.Create(new AgentContext(stream.Spec with { UserCount = (int)batch }, population, 1), options);
        Round(agent, stream, 0, batch, stream.Logged.narrow(0, 0, batch), null);
        var rounds = stream.Features.shape[0] / batch;
        using var reward = zeros([], ScalarType.Float64);
        var start = System.Environment.CpuUsage.TotalTime;
        for (var round = 1L; round < rounds; round++)
            Round(agent, stream, round, batch, null, reward);
        var seconds = (System.Environment.CpuUsage.TotalTime - start).TotalSeconds;
        var decisions = (rounds - 1) * batch;
        return new StreamResult(seconds, decisions, reward.item<double>() / decisions);
    }

    private static void Round(IAgent agent, BanditStream stream, long round, long batch, Tensor? logged, Tensor? reward)
    {
        using var scope = NewDisposeScope();
        var observation = stream.Observe(round, batch);
        var slates = logged ?? agent.Recommend(observation, RecommendationMode.Explore);
        var responses = stream.Responses.narrow(0, round * batch, batch).gather(1, slates);
        reward?.add_(responses.sum());
        using var never = zeros([batch], ScalarType.Bool);
        agent.Learn(new Feedback
        {
            Observation = observation,
            Slates = slates,
            Responses = responses,
            Reward = responses.squeeze(1),
            NextObservation = observation,
            Terminated = never,
            Truncated = never,
        });
    }
}
