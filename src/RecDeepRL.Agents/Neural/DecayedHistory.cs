using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>The recent items that were liked, and those that were not, as sums of their points in which a slate counts less by a learned factor for
/// each slate that came after it: (1 − ρ)/K · Σ ρᵃ · point, a the slate's age. Twice, with two ρ that start at .88 and .5.</summary>
/// <remarks>A sum and not a mean: how often something was shown lately is what users tire of.</remarks>
internal sealed class DecayedHistory(ParameterBlock block, int slateSize) : IHistoryEncoder
{
    private static readonly double[] s_starts = [2, 0];
    private readonly Tensor _rates = block["history.rates"];

    /// <summary>Logits of the two factors, less where they start.</summary>
    public static IEnumerable<ParameterShape> Shapes() => [new("history.rates", 0, s_starts.Length)];

    public Tensor Encode(Tensor points, Tensor shown, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var length = shown.size(1);
        var (liked, notLiked) = HistoryEncoders.Split(shown, responses);
        var factors = _rates.add(tensor(s_starts, ScalarType.Float32, points.device)).sigmoid().unsqueeze(1);
        var ages = arange(length - 1, -1, -1, ScalarType.Float32, points.device).div_(slateSize).floor_();
        var weights = factors.pow(ages).mul(factors.neg().add(1).div(slateSize));
        var sums = cat([liked.unsqueeze(1).mul(weights), notLiked.unsqueeze(1).mul(weights)], 1).bmm(points);
        return sums.reshape(points.size(0), -1).MoveToOuterDisposeScope();
    }
}
