using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Simulation.Learning;

/// <summary>How often a user or an item has a positive response, as a feature: (positives + m·overall share) / (pairs + m), m = 10.</summary>
/// <remarks>A pair that is trained on must not see its own response: the training pairs are dealt into five folds, and the shares of a pair come from the
/// other four. Pairs outside the training see the shares of all training pairs.</remarks>
internal sealed class ResponseShares
{
    private const int FoldCount = 5;
    private const double PriorWeight = 10;

    private readonly int[,] _counts; // [ids, folds + 1], the last is of all folds
    private readonly int[,] _positives;
    private readonly double _overall;

    /// <param name="ids">[P] of users or of items, below <paramref name="idCount"/>.</param>
    /// <param name="positives">[P].</param>
    /// <param name="pairs">Positions of the training pairs.</param>
    /// <param name="folds">[P] fold of each pair.</param>
    public ResponseShares(int[] ids, bool[] positives, int[] pairs, int idCount, byte[] folds)
    {
        _counts = new int[idCount, FoldCount + 1];
        _positives = new int[idCount, FoldCount + 1];
        var all = 0;
        foreach (var pair in pairs)
        {
            var positive = positives[pair] ? 1 : 0;
            _counts[ids[pair], folds[pair]]++;
            _counts[ids[pair], FoldCount]++;
            _positives[ids[pair], folds[pair]] += positive;
            _positives[ids[pair], FoldCount] += positive;
            all += positive;
        }
        _overall = (double)all / pairs.Length;
    }

    /// <summary>A fold for each lane, in the order given.</summary>
    public static byte[] Folds(long[] lanes, long seed)
    {
        var stream = new RandomStream(seed, "response:folds");
        return Array.ConvertAll(lanes, lane => (byte)(stream.Bits(0, lane) % FoldCount));
    }

    /// <summary>From all training pairs.</summary>
    public double Of(int id) => Share(_counts[id, FoldCount], _positives[id, FoldCount]);

    /// <summary>From the training pairs of the other folds.</summary>
    public double Without(int id, byte fold) => Share(_counts[id, FoldCount] - _counts[id, fold], _positives[id, FoldCount] - _positives[id, fold]);

    private double Share(int count, int positives) => (positives + (PriorWeight * _overall)) / (count + PriorWeight);
}
