using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>ddpg</c>.</summary>
public sealed record DdpgOptions : NoisyActorOptions;

/// <summary>Deep deterministic policy gradient (Lillicrap et al. 2016) over an item space, with slates chosen as Wolpertinger does (Dulac-Arnold et al. 2015).</summary>
/// <remarks>What this deviates in from the papers stands in docs/agents/ddpg.md.</remarks>
internal sealed class DdpgAgent(AgentContext context, DdpgOptions options)
    : ActorCriticAgent(context, options, "ddpg", criticCount: 1, actorOutputs: 1, "critic_loss", "grounding_loss", "mean_q", "mean_target", "actor_loss")
{
    private readonly ActionNoise _noise = new(context.Seed, "ddpg", options);

    internal override Tensor Points(ActorCritic networks, Observation observation, Tensor states, bool explores) =>
        _noise.Points(networks, observation, states, explores, Rounds);

    /// <summary>γ · (1 − terminated) · V', V' the value of the best slate near μ'(s') under the target critic; with several steps, the rewards on the way before it.</summary>
    protected override Tensor LookAhead(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var items = Target.Encoder.Items();
        var next = Target.Encoder.States(batch.Next!, items);
        return Discounted(batch, SlateValue(Target, next, items, Target.Actor(next))).MoveToOuterDisposeScope();
    }

    internal override void Update(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var outputs = (Tensor?)null;
        var (states, figures) = LearnCritics(batch, Futures(batch), seen => (outputs = Online.ActorOutput(seen)).clamp(-1, 1));

        // The actor climbs the critic that has just been moved, on the states as they were; neither is moved by its loss.
        var (slopes, values) = InvertedSlopes(states, outputs!);
        LearnActor(outputs!.mul(slopes).sum(1).neg());
        Target.Follow(Online, options.Tau);
        Report([.. figures, values.mean().neg()]);
    }

    public override IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>(base.Diagnose()) { ["noise"] = _noise.After(Rounds) };
}
