using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Gaussian noise on proto-actions, each user's own, of a size that falls with the rounds.</summary>
internal sealed class ActionNoise(long seed, string agent, NoisyActorOptions options)
{
    private readonly RandomStream _stream = new(seed, agent + ":noise");

    /// <summary>The standard deviation on each coordinate after so many rounds.</summary>
    public double After(long rounds) => options.Noise * Math.Pow(options.NoiseDecay, rounds);

    /// <summary>μ(s), exploring with noise, held in the cube.</summary>
    /// <returns>[B, E] in [−1, 1].</returns>
    public Tensor Points(ActorCritic networks, Observation observation, Tensor states, bool explores, long rounds)
    {
        var points = networks.Actor(states);
        if (!explores || After(rounds) == 0)
            return points;
        using var scope = NewDisposeScope();
        var draws = _stream.Normal(observation.DrawKey, Ranking.Lanes(observation.UserIds, points.size(1)));
        return points.add(draws, alpha: After(rounds)).clamp_(-1, 1).MoveToOuterDisposeScope();
    }
}
