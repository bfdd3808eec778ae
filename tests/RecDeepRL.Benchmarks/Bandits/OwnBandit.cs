using RecDeepRL.Agents;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks.Bandits;

/// <summary>What a bandit made of a stream, what it learned from as it was logged left out.</summary>
/// <param name="Seconds">Processor time of deciding and learning.</param>
/// <param name="Decisions">How many.</param>
/// <param name="Reward">Mean response to what was chosen.</param>
/// <param name="Parsing">Seconds of these that went into reading text; 0 where nothing is read.</param>
internal readonly record struct StreamResult(double Seconds, long Decisions, double Reward, double Parsing = 0)
{
    public double PerSecond => Decisions / Seconds;
}

/// <summary>An agent of the program on a stream: it learns from the first decisions as they were logged, then decides batch by batch and learns from each.</summary>
/// <param name="Agent">The registered name.</param>
/// <param name="Options">Those that differ from the defaults.</param>
internal sealed record OwnBandit(string Agent, params (string Name, string Value)[] Options)
{
    public string Name => string.Join(' ', Options.Select(option => $"{option.Name}={option.Value}").Prepend(Agent));

    public StreamResult Play(BanditStream stream, int batch)
    {
        using var scope = NewDisposeScope();
        var registration = AgentRegistry.Find(Agent);
        var options = OptionsBinder.Bind(registration.OptionsType, Options.Select(option => KeyValuePair.Create(option.Name, option.Value)));
        using var population = new Population([.. Enumerable.Range(0, batch)], [.. Enumerable.Range(0, stream.Spec.ItemCount)]);
        using var agent = registration.Create(new AgentContext(stream.Spec with { UserCount = batch }, population, 1), options);
        var (decisions, first) = (0L, BanditStream.LoggedFirst(batch));
        for (var start = 0L; start < first; start += batch)
            Round(agent, stream, start, batch, stream.Logged.narrow(0, start, batch), null);
        using var reward = zeros([], ScalarType.Float64);
        var before = System.Environment.CpuUsage.TotalTime;
        for (long start = first; start + batch <= stream.Features.shape[0]; start += batch, decisions += batch)
            Round(agent, stream, start, batch, null, reward);
        var seconds = (System.Environment.CpuUsage.TotalTime - before).TotalSeconds;
        return new StreamResult(seconds, decisions, reward.item<double>() / decisions);
    }

    private static void Round(IAgent agent, BanditStream stream, long start, long batch, Tensor? logged, Tensor? reward)
    {
        using var scope = NewDisposeScope();
        var observation = stream.Observe(start, batch);
        var slates = logged ?? agent.Recommend(observation, RecommendationMode.Explore);
        var responses = stream.Responses.narrow(0, start, batch).gather(1, slates);
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
