using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>td3</c>.</summary>
public sealed record Td3Options : NoisyActorOptions
{
    /// <summary>Standard deviation of the noise on each coordinate of the target actor's point when targets are made. Default 0.2.</summary>
    [Range(0.0, 10.0)]
    public double TargetNoise { get; init; } = 0.2;

    /// <summary>The most by which that noise moves a coordinate. Default 0.5.</summary>
    [Range(0.0, 2.0)]
    public double TargetNoiseClip { get; init; } = 0.5;

    /// <summary>Updates of the critics to one of the actor and of the target networks. Default 2.</summary>
    [Range(1, 1000)]
    public int ActorDelay { get; init; } = 2;
}

/// <summary>Twin delayed deep deterministic policy gradient (Fujimoto, van Hoof and Meger 2018) over an item space, with slates chosen as Wolpertinger does.</summary>
/// <remarks>What this deviates in from the paper stands in docs/agents/td3.md.</remarks>
internal sealed class Td3Agent(AgentContext context, Td3Options options)
    : ActorCriticAgent(context, options, "td3", criticCount: 2, actorOutputs: 1, "critic_loss", "grounding_loss", "mean_q", "mean_target")
{
    private readonly ActionNoise _noise = new(context.Seed, "td3", options);
    private readonly RandomStream _smoothing = new(context.Seed, "td3:smoothing");

    internal override Tensor Points(ActorCritic networks, Observation observation, Tensor states, bool explores) =>
        _noise.Points(networks, observation, states, explores, Rounds);

    /// <summary>γ · (1 − terminated) · V', V' the value of the best slate near the smoothed μ'(s'), an item's value being the least of the two target critics'.</summary>
    protected override Tensor LookAhead(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var items = Target.Encoder.Items();
        var next = Target.Encoder.States(batch.Next!, items);
        return Discounted(batch, SlateValue(Target, next, items, Smoothed(Target.Actor(next), batch.Positions))).MoveToOuterDisposeScope();
    }

    internal override void Update(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var outputs = (Tensor?)null;
        var (states, figures) = LearnCritics(batch, Futures(batch), seen => (outputs = Online.ActorOutput(seen)).clamp(-1, 1));
        Report(figures);
        if (Updates % options.ActorDelay != 0)
            return;

        // The actor climbs the first critic, as it has just been moved; targets wait for it.
        var (slopes, _) = InvertedSlopes(states, outputs!);
        LearnActor(outputs!.mul(slopes).sum(1).neg());
        Target.Follow(Online, options.Tau);
    }

    /// <summary>Points with clipped noise, each row's own, held in the cube: clip(μ' + clip(ε, −c, c), −1, 1).</summary>
    /// <param name="positions">See <see cref="ReplayBatch.Positions"/>.</param>
    internal Tensor Smoothed(Tensor points, Tensor? positions = null)
    {
        using var scope = NewDisposeScope();
        var noise = ReplayBatch.Normal(_smoothing, Updates, points, positions).mul_(options.TargetNoise).clamp_(-options.TargetNoiseClip, options.TargetNoiseClip);
        return points.add(noise).clamp_(-1, 1).MoveToOuterDisposeScope();
    }

    public override IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>(base.Diagnose()) { ["noise"] = _noise.After(Rounds) };
}
