using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Data.Synthetic;

/// <summary>Draws for built-in populations, made with +, −, ×, ÷ and √ only. IEEE 754 defines these to the last bit, so a population
/// and its fingerprint are the same on every machine; a logarithm or a sine would not be.</summary>
internal sealed class ExactDraws(long seed, string name)
{
    private readonly RandomStream _stream = new(seed, "population:" + name);

    /// <summary>Uniform in [0, 1).</summary>
    public double Uniform(long group, long lane) => (_stream.Bits(group, lane) >> 11) * (1.0 / (1L << 53));

    /// <summary>Near normal, mean 0 and variance 1: the sum of four uniforms of 16 bits each, within ±2√3.</summary>
    public double Normal(long group, long lane)
    {
        var bits = _stream.Bits(group, lane);
        var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
        // Each uniform is (k + ½) / 2¹⁶ with variance 1/12: the sum of four has mean 2 and variance 1/3.
        return (((sum + 2.0) / 65536.0) - 2.0) * Math.Sqrt(3.0);
    }

    /// <summary>The whole numbers 0 … count − 1 in random order.</summary>
    public int[] Shuffled(long group, int count) => [.. Enumerable.Range(0, count).OrderBy(index => _stream.Bits(group, index))];

    /// <summary>From a score on the whole line to a probability in (0, 1); 0 gives one half. Flatter at the ends than the logistic curve.</summary>
    public static double Squash(double score) => .5 + (.5 * score / Math.Sqrt(1 + (score * score)));
}
