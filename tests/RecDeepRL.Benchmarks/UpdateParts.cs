using System.Globalization;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Experiments.Speed;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks;

/// <summary>Where the time of an update goes: each of its parts by itself, on the agent and the rows that <see cref="Updates"/> measures.</summary>
internal static class UpdateParts
{
    /// <param name="title">What begins each line.</param>
    /// <param name="feedback">A round that the agent can learn from.</param>
    public static void Measure(string title, ActorCriticAgent agent, ActorCriticOptions options, Feedback feedback, Device device, double seconds)
    {
        using var scope = NewDisposeScope();
        var sampling = new RandomStream(1, "parts");
        var draw = 0;
        var batch = agent.Replay.Sample(sampling, draw, options, options.Discount);
        var futures = agent.Futures(batch);
        using var adam = new Adam(agent.Online.CriticParameters, 1e-9);
        using var gradient = zeros_like(agent.Online.CriticParameters.Values);
        (string Part, int Times, Action Do)[] parts =
        [
            ("learning from a round, for each update", options.UpdatesPerIteration, () => agent.Learn(feedback)),
            ("update", 1, () => agent.Update(batch)),
            ("draw rows", 1, () => agent.Replay.Sample(sampling, draw++, options, options.Discount)),
            ("targets", 1, () => agent.Futures(batch)),
            ("critics and embeddings", 1, () => agent.LearnCritics(batch, futures, agent.Online.ActorOutput)),
            ("of it Adam", 1, () => adam.Step(agent.Online.CriticParameters.Values, gradient)),
            ("target networks", 1, () => agent.Target.Follow(agent.Online, 0)),
            ("add a round", 1, () => agent.Replay.Add(feedback)),
        ];
        var times = Alternating.Seconds(seconds, DeviceWork.Time(device, get_num_threads()), [.. parts.Select(part => new Action(() => DeviceWork.ToItsEnd(device, () => InScope(part.Do))))]);
        foreach (var ((part, count, _), time) in parts.Zip(times))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{title,-20} {part,-40} {time / count * 1e6,9:F0} us"));
    }

    private static void InScope(Action action)
    {
        using var scope = NewDisposeScope();
        action();
    }
}
