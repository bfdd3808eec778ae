using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>A model's estimate p̂ for a user and an item, corrected by the n responses of sum s that the user has given to the item:
/// p̃ = (αp̂ + s)/(α + n), the mean of the Beta posterior under the prior Beta(αp̂, α(1 − p̂)).</summary>
/// <remarks>α may be learned: each round is predicted before it is learned from, once for each α of a grid, and the α of least logarithmic loss
/// over the latest rounds is taken (prequential model choice, Dawid 1984). The last of the grid stands for the model alone.</remarks>
internal sealed class PairEvidence : IDisposable
{
    private const double RememberedPerRound = 0.95;
    private const double Caution = 1e-4;
    private const double ModelAlone = 1e6;

    private static readonly double[] Grid = [1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, ModelAlone];

    private readonly Tensor _grid;
    private readonly Tensor _losses;
    private readonly Tensor _strength;
    private readonly bool _learns;

    /// <param name="strength">α, or none where it is to be learned.</param>
    public PairEvidence(double? strength, Device device)
    {
        using var scope = NewDisposeScope();
        _learns = strength is null;
        _grid = tensor(Grid, ScalarType.Float64, device).DetachFromDisposeScope();
        _losses = zeros([Grid.Length], ScalarType.Float64, device).DetachFromDisposeScope();
        _strength = tensor(strength ?? ModelAlone, ScalarType.Float64, device).DetachFromDisposeScope();
    }

    /// <summary>α, a float64 scalar. Borrowed.</summary>
    public Tensor Strength => _strength;

    /// <summary>Whether α is learned.</summary>
    public bool Learns => _learns;

    /// <param name="estimates">p̂, float64 of any shape.</param>
    /// <param name="shown">n, of the same shape.</param>
    /// <param name="responses">s, of the same shape.</param>
    /// <returns>p̃, float64.</returns>
    public Tensor Means(Tensor estimates, Tensor shown, Tensor responses) => Means(estimates, shown, responses, _strength);

    /// <summary>The variance of p under the Beta posterior, and how much of the model's own error is left in p̃, (α/(α + n))² of its variance.</summary>
    /// <param name="means">p̃.</param>
    /// <returns>float64.</returns>
    public (Tensor Variances, Tensor Shares) Spread(Tensor means, Tensor shown)
    {
        using var scope = NewDisposeScope();
        var weight = shown + _strength;
        var sure = means.clamp(Caution, 1 - Caution);
        return ((sure * (1.0 - sure)).div_(weight + 1.0).MoveToOuterDisposeScope(), (_strength / weight).pow_(2).MoveToOuterDisposeScope());
    }

    /// <summary>Judges every α by a round that none of the arguments knows yet.</summary>
    /// <param name="estimates">[B, K] p̂ of what was shown.</param>
    /// <param name="outcomes">[B, K] the responses, in [0, 1].</param>
    public void Judge(Tensor estimates, Tensor shown, Tensor responses, Tensor outcomes)
    {
        if (!_learns)
            return;
        using var scope = NewDisposeScope();
        var predicted = Means(estimates.unsqueeze(-1), shown.unsqueeze(-1), responses.unsqueeze(-1), _grid).clamp_(Caution, 1 - Caution);
        var wanted = outcomes.to_type(ScalarType.Float64).unsqueeze(-1);
        var losses = (wanted * predicted.log()).add_((1.0 - wanted) * (1.0 - predicted).log_()).neg_().sum([0, 1]);
        _losses.mul_(RememberedPerRound).add_(losses);
        // The reverse order lets the model alone win ties, such as before any pair was seen twice.
        _strength.copy_(_grid.flip(0).index_select(0, _losses.flip(0).argmin().reshape(1)).squeeze());
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("losses", _losses);
        writer.Write("strength", _strength);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("losses", _losses);
        reader.ReadInto("strength", _strength);
    }

    public void Dispose()
    {
        _grid.Dispose();
        _losses.Dispose();
        _strength.Dispose();
    }

    private static Tensor Means(Tensor estimates, Tensor shown, Tensor responses, Tensor strength)
    {
        using var scope = NewDisposeScope();
        return (estimates * strength).add_(responses).div_(shown + strength).MoveToOuterDisposeScope();
    }
}
