using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>What the bandits share whose network has an output for each item.</summary>
internal abstract class HeadBandit : NetworkBandit, IHasItemEmbeddings
{
    /// <param name="members">M, networks side by side.</param>
    protected HeadBandit(AgentContext context, string name, HeadNetworkOptions options, int members = 1, bool anchored = false)
        : base(context, name, options,
            [.. UserStates.Shapes(context.Spec, options), .. ItemHeads.Shapes("network", context.Spec, options, UserStates.Width(context.Spec, options), members)], anchored)
    {
        States = new UserStates(Spec, options, Parameters, Scale);
        Heads = new ItemHeads(Parameters, "network", options.HiddenLayers);
    }

    internal ItemHeads Heads { get; }

    protected UserStates States { get; }

    /// <summary>Each item's output weights, of the first network where there are several: alike for items that the same users respond to.</summary>
    public Tensor ItemEmbeddings()
    {
        using var first = Heads.Weights[0];
        return first.detach().clone();
    }

    /// <summary>The states of some users. [B, S].</summary>
    internal Tensor StatesOf(Observation observation)
    {
        using var items = States.Items();
        return States.Of(observation, items);
    }
}
