using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace RecDeepRL.Data.Synthetic;

/// <summary>The built-in population of <see cref="SyntheticPersonal"/>, from which the probability of any pair follows: factors of N items lie in memory, users and noise are drawn when they are asked for.</summary>
/// <remarks>A table of U users takes 4·U·N bytes, this 8·N·R whatever U is. Probabilities are the same however they are asked for, bit for bit on the CPU: sums go over the factors in their order, in float32.
/// Elsewhere tensor operations add in an order of their own.</remarks>
public sealed class PersonalTastes
{
    // Chosen so that random, the best fixed list, the oracle and the truth cut to low rank stand about as in the original's data.
    private const double Baseline = -.3235;
    private const double Aversion = .57;
    private const double Strength = .55;
    private const double UserReach = 1.6;
    private const double ItemReach = 1.2;

    private const long UserFactorGroup = 0;
    private const long ItemFactorGroup = 1;
    private const long UserSpreadGroup = 2;
    private const long ItemSpreadGroup = 3;
    private const long NoiseGroup = 4;
    private const int Chunk = 512;

    /// <summary>Items whose sums stay in four vector registers while the factors pass by.</summary>
    private static readonly int s_block = 4 * Vector<float>.Count;


    private readonly ExactDraws _draws;
    private readonly float[] _rows;
    private readonly float[] _blocks;
    private readonly double[] _dividing;
    private readonly double _noiseScale;

    /// <param name="itemCount">N, at least 1.</param>
    /// <param name="rank">R, latent factors, at least 1; N·R at most 2³¹ − 1.</param>
    /// <param name="noise">Share of the variance of a taste that no factor explains, in [0, 1].</param>
    public PersonalTastes(long seed, int itemCount, int rank, double noise)
    {
        _draws = new ExactDraws(seed, "personal");
        (ItemCount, Rank) = (itemCount, rank);
        _noiseScale = Math.Sqrt(noise);
        var scale = Math.Sqrt((1 - noise) / rank);
        (_rows, _blocks) = (new float[checked(itemCount * rank)], new float[checked((itemCount + s_block - 1) / s_block * s_block * rank)]);
        // Twice: by item, for slates, and in blocks of items by factor, for all of them.
        Parallel.For(0, itemCount, item =>
        {
            var (block, lane) = Math.DivRem(item, s_block);
            for (var factor = 0; factor < rank; factor++)
            {
                var value = (float)(_draws.Normal(ItemFactorGroup, ((long)item * rank) + factor) * scale);
                (_rows[(item * rank) + factor], _blocks[(((block * rank) + factor) * s_block) + lane]) = (value, value);
            }
        });
        _dividing = [.. Enumerable.Range(0, itemCount).Select(item => Spread(_draws.Uniform(ItemSpreadGroup, item), ItemReach))];
    }

    /// <summary>N.</summary>
    public int ItemCount { get; }

    /// <summary>R.</summary>
    public int Rank { get; }

    internal ExactDraws Draws => _draws;

    /// <summary>A user's factor before it is rounded to float32.</summary>
    internal double UserFactor(long user, int factor) => _draws.Normal(UserFactorGroup, (user * Rank) + factor);

    /// <summary>An item's factor before it is scaled and rounded to float32.</summary>
    internal double ItemFactor(long item, int factor) => _draws.Normal(ItemFactorGroup, (item * Rank) + factor);

    /// <summary>The probabilities of a user's response to every item.</summary>
    /// <param name="probabilities">[N], written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(long user, Span<float> probabilities)
    {
        Span<float> factors = Rank <= 1024 ? stackalloc float[Rank] : new float[Rank];
        FillFactors(user, factors);
        Span<float> sums = stackalloc float[Chunk];
        Span<long> lanes = stackalloc long[Chunk];
        Span<ulong> bits = stackalloc ulong[Chunk];
        var strength = StrengthOf(user);
        for (var first = 0; first < ItemCount; first += Chunk)
        {
            var count = Math.Min(Chunk, ItemCount - first);
            for (var item = 0; item < count; item += s_block)
                AddUp(factors, (first + item) / s_block, sums[item..]);
            for (var item = 0; item < count; item++)
                lanes[item] = (user * ItemCount) + first + item;
            _draws.FillBits(NoiseGroup, lanes[..count], bits);
            ToProbabilities(strength, sums[..count], bits, _dividing.AsSpan(first, count), probabilities.Slice(first, count));
        }
    }

    /// <summary>The probabilities of a user's response to some items.</summary>
    /// <param name="items">[K], from 0 to N − 1.</param>
    /// <param name="probabilities">[K], written.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(long user, ReadOnlySpan<long> items, Span<float> probabilities)
    {
        Span<float> factors = Rank <= 1024 ? stackalloc float[Rank] : new float[Rank];
        FillFactors(user, factors);
        var (strength, last) = (StrengthOf(user), items.Length - 1);
        for (var first = 0; first < items.Length; first += 4)
        {
            // Four sums side by side: one alone would wait for each of its additions.
            var a = Row(items[first]);
            var b = Row(items[Math.Min(first + 1, last)]);
            var c = Row(items[Math.Min(first + 2, last)]);
            var d = Row(items[Math.Min(first + 3, last)]);
            var (ofA, ofB, ofC, ofD) = (0f, 0f, 0f, 0f);
            for (var factor = 0; factor < factors.Length; factor++)
            {
                ofA += a[factor] * factors[factor];
                ofB += b[factor] * factors[factor];
                ofC += c[factor] * factors[factor];
                ofD += d[factor] * factors[factor];
            }
            ReadOnlySpan<float> sums = [ofA, ofB, ofC, ofD];
            for (var index = first; index < Math.Min(first + 4, items.Length); index++)
                probabilities[index] = Probability(strength, _dividing[items[index]], sums[index - first], _draws.Bits(NoiseGroup, (user * ItemCount) + items[index]));
        }
    }

    /// <summary>What <see cref="ByTensorOperations"/> needs in memory.</summary>
    /// <returns>The items' factors, [N, R] float32, and how much they divide users, [N] float64. The caller disposes.</returns>
    public (Tensor Factors, Tensor Dividing) ToTensors(Device device) =>
        (tensor(_rows, [ItemCount, Rank], ScalarType.Float32, device), tensor(_dividing, [ItemCount], ScalarType.Float64, device));

    /// <summary>The same probabilities as tensor operations, on any device.</summary>
    /// <param name="items">As <see cref="ToTensors"/> gave them. Borrowed.</param>
    /// <param name="users">[B] int64.</param>
    /// <param name="shown">[B, K] int64, or none for every item.</param>
    /// <returns>[B, K] or [B, N] float32. The caller disposes.</returns>
    public Tensor ByTensorOperations((Tensor Factors, Tensor Dividing) items, Tensor users, Tensor? shown)
    {
        using var scope = NewDisposeScope();
        var device = users.device;
        var factors = _draws.Normal(UserFactorGroup, users.mul(Rank).unsqueeze(1).add(arange(Rank, ScalarType.Int64, device))).to_type(ScalarType.Float32);
        var sums = shown is null
            ? factors.matmul(items.Factors.t())
            : items.Factors.index_select(0, shown.reshape(-1)).view(shown.size(0), shown.size(1), Rank).matmul(factors.unsqueeze(2)).squeeze(2);
        var asked = shown ?? arange(ItemCount, ScalarType.Int64, device).unsqueeze(0);
        var noise = _draws.Normal(NoiseGroup, users.mul(ItemCount).unsqueeze(1).add(asked));
        var level = _draws.Uniform(UserSpreadGroup, users);
        var strength = (level / (UserReach - level)).mul_(Strength).unsqueeze(1);
        var score = sums.to_type(ScalarType.Float64).add_(noise, alpha: _noiseScale).sub_(Aversion)
            .mul_(items.Dividing.index_select(0, asked.reshape(-1)).view(asked.shape)).mul_(strength).add_(Baseline);
        return (score / (score.square() + 1).sqrt_()).mul_(.5).add_(.5).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    private double StrengthOf(long user) => Strength * Spread(_draws.Uniform(UserSpreadGroup, user), UserReach);

    private void FillFactors(long user, Span<float> factors)
    {
        for (var factor = 0; factor < factors.Length; factor++)
            factors[factor] = (float)UserFactor(user, factor);
    }

    private float Probability(double strength, double dividing, float sum, ulong bits)
    {
        var taste = sum + (_noiseScale * ExactDraws.ToNormal(bits));
        return (float)ExactDraws.Squash(Baseline + (strength * dividing * (taste - Aversion)));
    }

    /// <summary>The same for many items. Every operation is one that IEEE 754 defines to the last bit, and rounds where the one above does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ToProbabilities(double strength, ReadOnlySpan<float> sums, ReadOnlySpan<ulong> bits, ReadOnlySpan<double> dividing, Span<float> probabilities)
    {
        var (half, index) = (Vector<double>.Count, 0);
        for (; index <= sums.Length - (2 * half); index += 2 * half)
        {
            Vector.Widen(new Vector<float>(sums[index..]), out var low, out var high);
            low = Squashed(low, bits[index..], dividing[index..]);
            high = Squashed(high, bits[(index + half)..], dividing[(index + half)..]);
            Vector.Narrow(low, high).CopyTo(probabilities[index..]);
        }
        for (; index < sums.Length; index++)
            probabilities[index] = Probability(strength, dividing[index], sums[index], bits[index]);

        Vector<double> Squashed(Vector<double> sum, ReadOnlySpan<ulong> luck, ReadOnlySpan<double> reach)
        {
            var taste = sum + (ExactDraws.ToNormal(new Vector<ulong>(luck)) * _noiseScale);
            var score = new Vector<double>(Baseline) + (new Vector<double>(reach) * strength * (taste - new Vector<double>(Aversion)));
            return new Vector<double>(.5) + (score * .5 / Vector.SquareRoot(Vector<double>.One + (score * score)));
        }
    }

    /// <summary>Products of a user's factors with those of one block of items. Rounds after each product and each sum, on every machine; a fused operation would round once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddUp(ReadOnlySpan<float> factors, int block, Span<float> sums)
    {
        var columns = MemoryMarshal.Cast<float, Vector<float>>(_blocks.AsSpan(block * Rank * s_block, Rank * s_block));
        var (a, b, c, d) = (Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero, Vector<float>.Zero);
        for (var factor = 0; factor < factors.Length; factor++)
        {
            var (place, multiple) = (4 * factor, new Vector<float>(factors[factor]));
            a += columns[place] * multiple;
            b += columns[place + 1] * multiple;
            c += columns[place + 2] * multiple;
            d += columns[place + 3] * multiple;
        }
        var target = MemoryMarshal.Cast<float, Vector<float>>(sums[..s_block]);
        (target[0], target[1], target[2], target[3]) = (a, b, c, d);
    }

    /// <summary>Few large values and many small ones, above 0.</summary>
    private static double Spread(double level, double reach) => level / (reach - level);

    private ReadOnlySpan<float> Row(long item) => _rows.AsSpan((int)item * Rank, Rank);
}
