using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>How often a member of an ensemble counts a response.</summary>
public enum BootstrapKind
{
    /// <summary>Twice or not at all, by the toss of a coin.</summary>
    Bernoulli,

    /// <summary>As many times as a Poisson draw of mean 1 says.</summary>
    Poisson,
}

/// <summary>Options of <c>bootstrapped</c>.</summary>
public sealed record BootstrappedOptions : HeadNetworkOptions
{
    /// <summary>Networks in the ensemble. Default 10.</summary>
    [Range(1, 1000)]
    public int Members { get; init; } = 10;

    /// <summary>How often a member counts each response: twice or never by a coin, or by a Poisson draw of mean 1. Default bernoulli.</summary>
    public BootstrapKind Bootstrap { get; init; } = BootstrapKind.Bernoulli;
}

/// <summary>An ensemble of networks, each trained on its own resampling of the responses; exploring, each user is served by one of them (Osband et al. 2016).</summary>
/// <remarks>What this deviates in from the paper stands in docs/agents/bootstrapped.md.</remarks>
internal sealed class BootstrappedAgent(AgentContext context, BootstrappedOptions options) : HeadBandit(context, "bootstrapped", options, options.Members, anchored: true)
{
    /// <summary>P(X ≤ k) of the Poisson distribution of mean 1, for k from 0 on, as far as a float32 uniform can tell.</summary>
    private static readonly double[] s_poisson = [.. Enumerable.Range(0, 10).Select(k => Enumerable.Range(0, k + 1).Sum(j => Math.Exp(-1) / Factorial(j)))];

    private readonly RandomStream _members = new(context.Seed, "bootstrapped:members");
    private readonly RandomStream _bootstrap = new(context.Seed, "bootstrapped:bootstrap");

    protected override int PairWidth => 2 * options.Members;

    protected override Tensor Scores(Observation observation, RecommendationMode mode)
    {
        var outputs = Heads.Outputs(Heads.Features(StatesOf(observation)));
        if (mode == RecommendationMode.Exploit)
            return Expected(outputs).mean([0]);
        var own = _members.Integers(observation.DrawKey, observation.UserIds, options.Members);
        return outputs.gather(0, own.reshape(1, -1, 1).expand(1, -1, Spec.ItemCount)).squeeze(0);
    }

    internal override Tensor Outputs(ReplayBatch batch) => Heads.Outputs(Heads.Features(StatesOf(batch.Observation)), batch.Items);

    protected override Tensor? Weights(ReplayBatch batch, Tensor serials) => Counts(serials, batch.Items.size(1));

    /// <summary>How often each member counts each slot of some rows: drawn once for each member, row and slot, and the same whenever the row is met.</summary>
    /// <param name="serials">[R] int64, numbers of the rows.</param>
    /// <param name="slots">K.</param>
    /// <returns>[M, R, K] float32, 1 on average.</returns>
    internal Tensor Counts(Tensor serials, long slots)
    {
        using var scope = NewDisposeScope();
        var slot = arange(slots, ScalarType.Int64, serials.device);
        var lanes = serials.unsqueeze(1).mul(slots).add(slot).mul(options.Members).unsqueeze(0).add(arange(options.Members, ScalarType.Int64, serials.device).reshape(-1, 1, 1));
        var draws = _bootstrap.Uniform(0, lanes);
        if (options.Bootstrap == BootstrapKind.Bernoulli)
            return draws.lt(0.5).to_type(ScalarType.Float32).mul_(2).MoveToOuterDisposeScope();
        var counts = zeros_like(draws);
        foreach (var bound in s_poisson)
            counts.add_(draws.ge(bound));
        return counts.MoveToOuterDisposeScope();
    }

    private static double Factorial(int number) => number < 2 ? 1 : number * Factorial(number - 1);
}
