using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Statistics that forget an item's past when a cumulative sum of its deviations says that its mean has changed.</summary>
/// <remarks>The first M responses after a restart give a reference mean û. From then on two sums, g⁺ ← max(0, g⁺ + Σ(x − û − ε)) and
/// g⁻ ← max(0, g⁻ + Σ(û − x − ε)), are kept; where one reaches h, the item restarts. Liu, Lee and Shroff 2018, CUSUM-UCB.
/// Deviates: the responses of a round enter the sums together; the round that raised the alarm is kept and begins the next reference.</remarks>
/// <param name="warmUp">M, at least 1.</param>
/// <param name="tolerance">ε, at least 0.</param>
/// <param name="threshold">h, above 0.</param>
internal sealed class CusumStatistics(EnvironmentSpec spec, double warmUp, double tolerance, double threshold) : ItemStatistics(spec)
{
    // [4, N]: n and s of the reference, g⁺, g⁻.
    private readonly Tensor _sums = zeros([4, spec.ItemCount], ScalarType.Float64, spec.Device).DetachFromDisposeScope();

    public override void Save(IStateWriter writer)
    {
        base.Save(writer);
        writer.Write("cusum", _sums);
    }

    public override void Load(IStateReader reader)
    {
        base.Load(reader);
        reader.ReadInto("cusum", _sums);
    }

    protected override void Take(Tensor sums, Tensor round)
    {
        var (n, s) = (round.select(0, 0), round.select(0, 1));
        var warm = _sums.select(0, 0).ge(warmUp);
        var reference = n * _sums.select(0, 1) / _sums.select(0, 0).clamp_min(1.0);
        var slack = n * tolerance;
        var up = (_sums.select(0, 2) + s - reference - slack).clamp_min_(0.0);
        var down = (_sums.select(0, 3) + reference - s - slack).clamp_min_(0.0);
        var changed = warm.logical_and(maximum(up, down).ge(threshold));

        sums.masked_fill_(changed, 0.0).add_(round);
        var none = zeros_like(n);
        _sums.copy_(stack([
            where(changed, n, where(warm, _sums.select(0, 0), _sums.select(0, 0) + n)),
            where(changed, s, where(warm, _sums.select(0, 1), _sums.select(0, 1) + s)),
            where(warm.logical_and(changed.logical_not()), up, none),
            where(warm.logical_and(changed.logical_not()), down, none),
        ]));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _sums.Dispose();
        base.Dispose(disposing);
    }
}
