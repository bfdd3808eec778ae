using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>How unsure a network with an output for each item is of an output f: Σ over the weights p of (∂f/∂p)²/Z_p, with Z = λ + Σ w·(∂f/∂p)² over what was
/// shown: the diagonal approximation of Zhou, Li and Gu 2020.</summary>
/// <remarks>No gradient is ever formed. The slope at a weight from unit k to unit j is δⱼaₖ, with δⱼ the slope at unit j, so a layer's share of the sum is
/// Σⱼₖ δⱼ²aₖ²/Zⱼₖ = (δ²)ᵀ(1/Z)(a²): a matrix product for all users at once. Weights are those of the layers and, where the state holds it, the user's
/// embedding; those behind the rest of the state are left out.</remarks>
internal sealed class GradientVariance : IDisposable
{
    private readonly ItemHeads _heads;
    private readonly double _ridge;
    private readonly int _userColumn;
    private readonly (Tensor Weight, Tensor Bias)[] _layers;
    private readonly Tensor _headWeights;
    private readonly Tensor _headBiases;
    private readonly Tensor? _users;

    /// <param name="heads">One network.</param>
    /// <param name="ridge">λ, above 0.</param>
    /// <param name="users">How many users are embedded; none where the state holds no embedding.</param>
    /// <param name="userColumn">Where in the state the embedding begins.</param>
    /// <param name="userWidth">Its width.</param>
    public GradientVariance(ItemHeads heads, double ridge, int? users, int userColumn, int userWidth, Device device)
    {
        (_heads, _ridge, _userColumn) = (heads, ridge, userColumn);
        _layers = [.. heads.Layers.Select(layer => (New(layer.Weight.shape[1..]), New(layer.Bias.shape[2..])))];
        _headWeights = New(heads.Weights.shape[1..]);
        _headBiases = New(heads.Biases.shape[2..]);
        _users = users is { } count ? New([count, userWidth]) : null;
        Reset();

        Tensor New(long[] shape) => zeros(shape, ScalarType.Float32, device).DetachFromDisposeScope();
    }

    /// <summary>What is added up, Z's diagonal. Borrowed.</summary>
    public IReadOnlyList<Tensor> Sums => [.. Named().Select(part => part.Sum)];

    /// <summary>Forgets what was shown.</summary>
    public void Reset()
    {
        foreach (var (_, sum) in Named())
            sum.fill_(_ridge);
    }

    /// <summary>Takes in what was shown.</summary>
    /// <param name="states">[R, S].</param>
    /// <param name="userIds">[R] int64.</param>
    /// <param name="items">[R, K] int64.</param>
    /// <param name="weigh">From the outputs [R, K] to w [R, K], what a response to each tells: the curvature of its loss.</param>
    public void Add(Tensor states, Tensor userIds, Tensor items, Func<Tensor, Tensor> weigh)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var activations = Activations(states);
        var weights = weigh(_heads.Outputs(activations[^1].unsqueeze(0), items).squeeze(0));
        var flat = items.reshape(-1);
        _headBiases.index_add_(0, flat, weights.reshape(-1), 1);
        _headWeights.index_add_(0, flat, activations[^1].square().unsqueeze(1).mul(weights.unsqueeze(2)).reshape(flat.size(0), -1), 1);
        var slopes = _heads.Weights[0].index_select(0, flat).reshape(items.size(0), items.size(1), -1).mul(On(activations[^1]));
        for (var layer = _layers.Length - 1; layer >= 0; layer--)
        {
            var squares = slopes.square().mul(weights.unsqueeze(2)).sum(1);
            _layers[layer].Weight.add_(squares.t().matmul((layer == 0 ? states : activations[layer - 1]).square()));
            _layers[layer].Bias.add_(squares.sum([0]));
            slopes = layer > 0 ? Below(slopes, layer).mul(On(activations[layer - 1])) : slopes;
        }
        _users?.index_add_(0, userIds, Below(slopes, 0).narrow(2, _userColumn, _users.size(1)).square().mul(weights.unsqueeze(2)).sum(1), 1);
    }

    /// <summary>The sum for each user and item.</summary>
    /// <returns>[B, N] float32, above 0.</returns>
    public Tensor Of(Tensor states, Tensor userIds)
    {
        using var scope = NewDisposeScope();
        var activations = Activations(states);
        var heads = _heads.Weights[0];
        var top = _layers.Length - 1;
        var result = activations[top].square().matmul(_headWeights.reciprocal().t()).add_(_headBiases.reciprocal());
        // At the top layer a unit's slope is the item's weight, or 0: items and users come apart, and no tensor of all three is needed.
        result.add_(Inputs(top).mul_(activations[top].gt(0)).matmul(heads.square().t()));
        if (top == 0 && _users is null)
            return result.MoveToOuterDisposeScope();
        var slopes = heads.unsqueeze(0).mul(On(activations[top]));
        for (var layer = top - 1; layer >= 0; layer--)
        {
            slopes = Below(slopes, layer + 1).mul(On(activations[layer]));
            result.add_(slopes.square().matmul(Inputs(layer).unsqueeze(2)).squeeze(2));
        }
        if (_users is not null)
        {
            var own = Below(slopes, 0).narrow(2, _userColumn, _users.size(1)).square();
            result.add_(own.matmul(_users.index_select(0, userIds).reciprocal_().unsqueeze(2)).squeeze(2));
        }
        return result.MoveToOuterDisposeScope();

        // Σₖ aₖ²/Zⱼₖ + 1/Z of unit j's bias. [B, H].
        Tensor Inputs(int layer) =>
            (layer == 0 ? states : activations[layer - 1]).square().matmul(_layers[layer].Weight.reciprocal().t()).add_(_layers[layer].Bias.reciprocal());
    }

    public void Save(IStateWriter writer)
    {
        foreach (var (name, sum) in Named())
            writer.Write(name, sum);
    }

    public void Load(IStateReader reader)
    {
        foreach (var (name, sum) in Named())
            reader.ReadInto(name, sum);
    }

    public void Dispose()
    {
        foreach (var (_, sum) in Named())
            sum.Dispose();
    }

    private Tensor[] Activations(Tensor states) => [.. _heads.Activations(states).Select(activation => activation.squeeze(0))];

    /// <summary>1 where a unit passes slopes on. [R, H] to [R, 1, H].</summary>
    private static Tensor On(Tensor activation) => activation.gt(0).to_type(ScalarType.Float32).unsqueeze(1);

    /// <summary>Slopes at a layer's inputs from slopes at its units. [R, C, H] to [R, C, inputs].</summary>
    private Tensor Below(Tensor slopes, int layer) => slopes.matmul(_heads.Layers[layer].Weight[0]);

    private IEnumerable<(string Name, Tensor Sum)> Named()
    {
        foreach (var (layer, (weight, bias)) in _layers.Index())
        {
            yield return ($"{layer}.weight", weight);
            yield return ($"{layer}.bias", bias);
        }
        yield return ("heads.weight", _headWeights);
        yield return ("heads.bias", _headBiases);
        if (_users is not null)
            yield return ("users", _users);
    }
}
