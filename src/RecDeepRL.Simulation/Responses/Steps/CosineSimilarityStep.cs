using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>Options of the step <c>cosine-similarity</c>.</summary>
internal sealed record CosineSimilarityOptions : ResponseStepOptions
{
    /// <summary>Features of the users to compare; none for all. Default none.</summary>
    public ValueList<string>? UserColumns { get; init; }

    /// <summary>Features of the items to compare, as many as of the users; none for all. Default none.</summary>
    public ValueList<string>? ItemColumns { get; init; }
}

/// <summary>How alike the features of user and item are, by their angle: 1 − arccos(x·z / (|x| |z|)) / π, in [0, 1]; 0 where either has
/// no feature but zeros. Sim4Rec's CosineSimilatiry (sic).</summary>
/// <remarks>1 for features that point the same way, 1/2 for unrelated ones, 0 for opposite ones.</remarks>
internal sealed class CosineSimilarityStep : IResponseStep
{
    private readonly Tensor _users; // [U, D] of length 1, or 0.
    private readonly Tensor _items; // [N, D] likewise.
    private readonly Tensor _userLengths; // [U], 1 or 0.
    private readonly Tensor _itemLengths; // [N]

    /// <exception cref="UserMistakeException">Features that are missing, or of other widths for users and items.</exception>
    public CosineSimilarityStep(PartContext context, CosineSimilarityOptions options)
    {
        using var scope = NewDisposeScope();
        var users = FeatureColumns.OfUsers(context.Population, options.UserColumns);
        var items = FeatureColumns.OfItems(context.Population, options.ItemColumns);
        if (users.size(1) != items.size(1))
            throw new UserMistakeException($"users have {users.size(1)} features and items {items.size(1)}, must be as many. Choose some by userColumns and itemColumns.");
        (_users, _userLengths) = Normalised(users);
        (_items, _itemLengths) = Normalised(items);
    }

    public bool IsStationary => true;

    public Tensor Compute(PairBatch pairs, StepInputs inputs)
    {
        using var scope = NewDisposeScope();
        var angles = pairs.Products(_users, _items).clamp_(-1.0, 1.0).acos_();
        return angles.mul_(-1 / Math.PI).add_(1.0).mul_(pairs.OfUsers(_userLengths)).mul_(pairs.OfItems(_itemLengths)).MoveToOuterDisposeScope();
    }

    public void Dispose()
    {
        _users.Dispose();
        _items.Dispose();
        _userLengths.Dispose();
        _itemLengths.Dispose();
    }

    private static (Tensor Rows, Tensor Lengths) Normalised(Tensor features)
    {
        using var scope = NewDisposeScope();
        var lengths = features.square().sum(1).sqrt_();
        var rows = features.div(where(lengths.gt(0.0), lengths, ones_like(lengths)).unsqueeze(1));
        return (rows.DetachFromDisposeScope(), lengths.gt(0.0).to_type(ScalarType.Float64).DetachFromDisposeScope());
    }
}
