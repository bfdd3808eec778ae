using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Statistics of the last rounds only: Garivier and Moulines 2011, with rounds for steps.</summary>
/// <param name="window">W, rounds remembered, at least 1. Memory and time grow with W·N.</param>
internal class WindowedStatistics(EnvironmentSpec spec, int window) : ItemStatistics(spec)
{
    // [W, 3, N], row r mod W holds round r. Sums are taken anew each round: adding and subtracting would drift.
    private readonly Tensor _rounds = zeros([window, 3, spec.ItemCount], ScalarType.Float64, spec.Device).DetachFromDisposeScope();

    public override void Save(IStateWriter writer)
    {
        base.Save(writer);
        writer.Write("window", _rounds);
    }

    public override void Load(IStateReader reader)
    {
        base.Load(reader);
        reader.ReadInto("window", _rounds);
    }

    protected override void Take(Tensor sums, Tensor round)
    {
        _rounds.select(0, Rounds % window).copy_(round);
        Forget(_rounds, Rounds % window);
        sums.copy_(_rounds.sum([0L]));
    }

    /// <summary>Sets to 0 what is to be forgotten before its time.</summary>
    /// <param name="rounds">[W, 3, N]; to be changed in place.</param>
    /// <param name="newest">Which row holds the newest round; the next one holds the oldest.</param>
    protected virtual void Forget(Tensor rounds, long newest) { }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _rounds.Dispose();
        base.Dispose(disposing);
    }
}
