using RecDeepRL.Core;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>neural-cf</c>.</summary>
public sealed record NeuralCfOptions : ExploringNetworkOptions;

/// <summary>Neural collaborative filtering: a factorisation and a network on embeddings of user and item, side by side in one output (NeuMF, He et al. 2017).</summary>
/// <remarks>output = hᵀ(p ∘ q) + vᵀφ(p', q') + c. What this deviates in from the paper stands in docs/agents/neural-cf.md.</remarks>
internal sealed class NeuralCfAgent : ExploringBandit, IHasItemEmbeddings
{
    private readonly PairNetwork _network;
    private readonly Tensor _product;

    public NeuralCfAgent(AgentContext context, NeuralCfOptions options)
        : base(context, "neural-cf", options,
            [
                .. Vectors("product.users", context.Spec.UserCount, context.Spec.UserFeatureCount, options.EmbeddingSize, 0.1),
                .. Vectors("product.items", context.Spec.ItemCount, context.Spec.ItemFeatureCount, options.EmbeddingSize, 0.5),
                .. Vectors("network.users", context.Spec.UserCount, context.Spec.UserFeatureCount, options.EmbeddingSize, 0.1),
                .. Vectors("network.items", context.Spec.ItemCount, context.Spec.ItemFeatureCount, options.EmbeddingSize, 0.5),
                .. PairNetwork.Shapes("network", options.EmbeddingSize, options.EmbeddingSize, options.HiddenSize),
                new ParameterShape("product.weight", 1 / Math.Sqrt(options.EmbeddingSize), options.EmbeddingSize),
            ])
    {
        _network = new PairNetwork(Parameters, "network");
        _product = Parameters["product.weight"];
    }

    /// <summary>The factorisation's vectors.</summary>
    public Tensor ItemEmbeddings()
    {
        using var noGradient = no_grad();
        return Items("product", null).detach().clone();
    }

    internal override Tensor Outputs(Observation observation)
    {
        using var scope = NewDisposeScope();
        var product = Users("product", observation).mul(_product).matmul(Items("product", null).t());
        return product.add(_network.Value(_network.ProjectState(Users("network", observation)).unsqueeze(1), _network.ProjectItem(Items("network", null)))).MoveToOuterDisposeScope();
    }

    internal override Tensor Outputs(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var (rows, slots) = (batch.Items.size(0), batch.Items.size(1));
        var flat = batch.Items.reshape(-1);
        var product = Items("product", flat).reshape(rows, slots, -1).mul(Users("product", batch.Observation).mul(_product).unsqueeze(1)).sum(-1);
        return product.add(_network.OfItems(Users("network", batch.Observation), Items("network", flat).reshape(rows, slots, -1))).MoveToOuterDisposeScope();
    }

    private static IEnumerable<ParameterShape> Vectors(string name, int count, int featureCount, int width, double bound)
    {
        yield return new(name + ".embedding", bound, count, width);
        if (featureCount > 0)
            yield return new(name + ".projection", 1 / Math.Sqrt(featureCount), width, featureCount);
    }

    /// <summary>embedding + projection · features of some users. [B, E].</summary>
    private Tensor Users(string part, Observation observation)
    {
        var own = Parameters[part + ".users.embedding"].index_select(0, observation.UserIds);
        return observation.UserFeatures is { } features ? own.add(functional.linear(Scale.Users(features), Parameters[part + ".users.projection"])) : own;
    }

    /// <summary>embedding + projection · features of some items, or of all. [n, E].</summary>
    private Tensor Items(string part, Tensor? ids)
    {
        var all = Parameters[part + ".items.embedding"];
        if (Scale.Items is { } features)
            all = all.add(functional.linear(features, Parameters[part + ".items.projection"]));
        return ids is null ? all : all.index_select(0, ids);
    }
}
