using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Core.Randomness;

/// <summary>A stream of random numbers without state: draw (iteration, lane) of the stream (seed, name) is a hash of these four and of nothing else.</summary>
/// <remarks>Draws do not depend on the batch, the order of asking or the device. Bits and uniforms are equal on every device bit for bit;
/// what passes through a logarithm or a sine is equal up to rounding. One key per iteration is hashed from seed, name and iteration;
/// lanes then index the SplitMix64 sequence that starts there, so lanes of one iteration are distinct states by construction.
/// Streams of different names, seeds or iterations start at unrelated places of a cycle of 2⁶⁴.</remarks>
public sealed class RandomStream
{
    private readonly ulong _key;

    /// <param name="seed">Any number.</param>
    /// <param name="name">What the draws are for, such as <c>responses</c>.</param>
    public RandomStream(long seed, string name)
    {
        Seed = seed;
        Name = name;
        _key = SplitMix64.Mix(SplitMix64.Mix(unchecked((ulong)seed + SplitMix64.Golden)) ^ Hash(name));
    }

    public long Seed { get; }

    public string Name { get; }

    /// <summary>A seed for something that draws by itself, derived from a seed and a purpose.</summary>
    public static long DeriveSeed(long seed, string purpose, long index = 0) =>
        (long)(new RandomStream(seed, "derived:" + purpose).Bits(index, 0) >> 1);

    /// <summary>The 64 bits of one draw.</summary>
    public ulong Bits(long iteration, long lane) =>
        SplitMix64.Mix(unchecked(Start(iteration) + (SplitMix64.Golden * ((ulong)lane + 1))));

    /// <summary>One uniform draw in [0, 1), a multiple of 2⁻²⁴.</summary>
    public float Uniform(long iteration, long lane) => (Bits(iteration, lane) >> 40) * (1f / (1 << 24));

    /// <summary>Uniform draws in [0, 1), multiples of 2⁻²⁴.</summary>
    /// <param name="lanes">int64, any shape, any device.</param>
    /// <returns>float32 of the same shape and device.</returns>
    public Tensor Uniform(long iteration, Tensor lanes)
    {
        using var scope = NewDisposeScope();
        RequireInt64(lanes);
        if (lanes.device_type != DeviceType.CPU)
            return SplitMix64.LogicalShift(SplitMix64.Mix(lanes, Start(iteration)), 40).to_type(ScalarType.Float32).mul_(1f / (1 << 24)).MoveToOuterDisposeScope();
        var flat = lanes.contiguous();
        var result = empty(lanes.shape, ScalarType.Float32);
        SplitMix64.FillUniform(MemoryMarshal.Cast<byte, long>(flat.bytes), Start(iteration), MemoryMarshal.Cast<byte, float>(result.bytes));
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>The same for lanes in memory, in one vectorised pass.</summary>
    /// <param name="values">At least as long as <paramref name="lanes"/>.</param>
    public void FillUniform(long iteration, ReadOnlySpan<long> lanes, Span<float> values) => SplitMix64.FillUniform(lanes, Start(iteration), values);

    /// <summary>The bits of lanes in memory, in one vectorised pass.</summary>
    /// <param name="bits">At least as long as <paramref name="lanes"/>.</param>
    public void FillBits(long iteration, ReadOnlySpan<long> lanes, Span<ulong> bits) => SplitMix64.Fill(lanes, Start(iteration), bits);

    /// <summary>Uniform draws of the lanes 0, 1, 2, …, in row-major order.</summary>
    /// <returns>float32 of the given shape.</returns>
    public Tensor Uniform(long iteration, Device device, params long[] shape)
    {
        using var lanes = Lanes(device, shape);
        return Uniform(iteration, lanes);
    }

    /// <summary>Draws from the standard normal distribution, by the Box–Muller transform of the two halves of one draw's bits.</summary>
    /// <returns>float32 of the shape and device of <paramref name="lanes"/>; equal on every device up to rounding.</returns>
    public Tensor Normal(long iteration, Tensor lanes)
    {
        RequireInt64(lanes);
        if (lanes.device_type != DeviceType.CPU)
            return NormalByTensorOperations(iteration, lanes);
        using var scope = NewDisposeScope();
        var flat = lanes.contiguous();
        var (uniforms, angles) = (empty(lanes.shape, ScalarType.Float64), empty(lanes.shape, ScalarType.Float64));
        SplitMix64.FillHalves(MemoryMarshal.Cast<byte, long>(flat.bytes), Start(iteration), MemoryMarshal.Cast<byte, double>(uniforms.bytes), MemoryMarshal.Cast<byte, double>(angles.bytes));
        return BoxMuller(uniforms, angles).MoveToOuterDisposeScope();
    }

    /// <summary>The same by tensor operations alone, also on the CPU; what <see cref="Normal(long, Tensor)"/> must equal.</summary>
    internal Tensor NormalByTensorOperations(long iteration, Tensor lanes)
    {
        using var scope = NewDisposeScope();
        var bits = BitsByTensorOperations(iteration, lanes);
        var uniforms = SplitMix64.LogicalShift(bits, 32).to_type(ScalarType.Float64).add_(0.5).mul_(1.0 / (1L << 32));
        var angles = bits.bitwise_and(tensor(0xFFFFFFFFL, device: bits.device)).to_type(ScalarType.Float64).mul_(SplitMix64.Angle);
        return BoxMuller(uniforms, angles).MoveToOuterDisposeScope();
    }

    /// <param name="uniforms">In (0, 1); changed.</param>
    /// <param name="angles">In [0, 2π); changed.</param>
    private static Tensor BoxMuller(Tensor uniforms, Tensor angles) =>
        uniforms.log_().mul_(-2.0).sqrt_().mul_(angles.cos_()).to_type(ScalarType.Float32);

    /// <summary>Standard normal draws of the lanes 0, 1, 2, …, in row-major order.</summary>
    public Tensor Normal(long iteration, Device device, params long[] shape)
    {
        using var lanes = Lanes(device, shape);
        return Normal(iteration, lanes);
    }

    /// <summary>Whole numbers from 0 to <paramref name="count"/> − 1, uniform up to count · 2⁻³².</summary>
    /// <param name="count">1 to 2³¹ − 1.</param>
    /// <returns>int64 of the shape and device of <paramref name="lanes"/>.</returns>
    public Tensor Integers(long iteration, Tensor lanes, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, int.MaxValue);
        using var scope = NewDisposeScope();
        var high = SplitMix64.LogicalShift(Bits(iteration, lanes), 32);
        return SplitMix64.LogicalShift(high.mul_(count), 32).MoveToOuterDisposeScope();
    }

    /// <summary>Whole numbers of the lanes 0, 1, 2, …, in row-major order.</summary>
    public Tensor Integers(long iteration, long count, Device device, params long[] shape)
    {
        using var lanes = Lanes(device, shape);
        return Integers(iteration, lanes, count);
    }

    /// <summary>Draws from Gamma(shape, 1), by Marsaglia and Tsang 2000; shapes below 1 by their boost with a power of a uniform.</summary>
    /// <param name="lanes">int64 [...].</param>
    /// <param name="shapes">float, above 0, of the shape and device of <paramref name="lanes"/>.</param>
    /// <returns>float64 of the same shape. Waits for the device.</returns>
    public Tensor Gamma(long iteration, Tensor lanes, Tensor shapes)
    {
        using var scope = NewDisposeScope();
        return LogGamma(iteration, lanes, shapes).exp_().MoveToOuterDisposeScope();
    }

    /// <summary>Draws from Beta(a, b), as a ratio of two Gamma draws.</summary>
    /// <param name="a">Above 0, of the shape and device of <paramref name="lanes"/>, or broadcastable to it.</param>
    /// <returns>float32 of the shape of <paramref name="lanes"/>. Waits for the device.</returns>
    public Tensor Beta(long iteration, Tensor lanes, Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        var first = new RandomStream(Seed, Name + ":beta:a").LogGamma(iteration, lanes, a.expand(lanes.shape));
        var second = new RandomStream(Seed, Name + ":beta:b").LogGamma(iteration, lanes, b.expand(lanes.shape));
        return first.sub_(second).sigmoid_().to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>Logarithms of Gamma draws, which stay apart where the draws of small shapes would all be 0.</summary>
    private Tensor LogGamma(long iteration, Tensor lanes, Tensor shapes)
    {
        using var scope = NewDisposeScope();
        var flat = lanes.reshape(-1);
        var wanted = shapes.to_type(ScalarType.Float64).reshape(-1);
        if (lanes.device_type != DeviceType.CPU)
            return LogGammaOfBlock(iteration, flat, wanted).reshape(lanes.shape).MoveToOuterDisposeScope();

        // Some sixty operations pass over the draws: on the CPU, blocks that stay in its cache go several times as fast.
        const long block = 1 << 14;
        var result = empty(flat.shape, ScalarType.Float64);
        for (long start = 0; start < flat.size(0); start += block)
        {
            using var blockScope = NewDisposeScope();
            var count = Math.Min(block, flat.size(0) - start);
            result.narrow(0, start, count).copy_(LogGammaOfBlock(iteration, flat.narrow(0, start, count), wanted.narrow(0, start, count)));
        }
        return result.reshape(lanes.shape).MoveToOuterDisposeScope();
    }

    private Tensor LogGammaOfBlock(long iteration, Tensor flat, Tensor wanted)
    {
        using var scope = NewDisposeScope();
        var boosted = wanted.lt(1.0);
        var d = where(boosted, wanted + 1.0, wanted).sub_(1.0 / 3.0);

        // A round accepts at least 95 % of the draws; 32 rounds leave fewer than one in 10⁴¹ open, and those take the mode, d.
        var result = d.log();
        Tensor? open = null;
        for (var round = 0; round < 32; round++)
        {
            var (openLanes, openD) = open is null ? (flat, d) : (flat.index_select(0, open), d.index_select(0, open));
            var (logarithm, accepted) = Attempt(iteration, openLanes, openD, round);
            if (open is null)
                result = where(accepted, logarithm, result);
            else
                result.index_copy_(0, open, where(accepted, logarithm, result.index_select(0, open)));
            var rest = accepted.logical_not().nonzero().squeeze(1);
            if (rest.size(0) == 0)
                break;
            open = open is null ? rest : open.index_select(0, rest);
        }
        if (boosted.any().item<bool>())
        {
            var power = new RandomStream(Seed, $"{Name}:gamma:boost").Uniform(iteration, flat).to_type(ScalarType.Float64).add_(0.5 / (1 << 24)).log_().div_(wanted).clamp_min_(double.MinValue);
            result = where(boosted, result + power, result);
        }
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>One round of Marsaglia and Tsang's rejection: the logarithm of d·v, and whether it is accepted.</summary>
    private (Tensor Logarithm, Tensor Accepted) Attempt(long iteration, Tensor lanes, Tensor d, int round)
    {
        using var scope = NewDisposeScope();
        var x = new RandomStream(Seed, $"{Name}:gamma:{round}").Normal(iteration, lanes).to_type(ScalarType.Float64);
        var root = d.mul(9.0).rsqrt_().mul_(x).add_(1.0);
        var logarithm = root.clamp_min(1e-100).log_().mul_(3.0);
        var u = new RandomStream(Seed, $"{Name}:gamma:u:{round}").Uniform(iteration, lanes).to_type(ScalarType.Float64).add_(0.5 / (1 << 24));
        var bound = x.square().mul_(0.5).add_(d.mul(logarithm.sub(root.pow(3)).add_(1.0)));
        var accepted = root.gt(0.0).logical_and_(u.log_().lt(bound));
        return (logarithm.add_(d.log()).MoveToOuterDisposeScope(), accepted.MoveToOuterDisposeScope());
    }

    /// <summary>The 64 bits of each lane, as int64.</summary>
    public Tensor Bits(long iteration, Tensor lanes)
    {
        RequireInt64(lanes);
        if (lanes.device_type != DeviceType.CPU)
            return SplitMix64.Mix(lanes, Start(iteration));
        using var scope = NewDisposeScope();
        var flat = lanes.contiguous();
        var result = empty(lanes.shape, ScalarType.Int64);
        SplitMix64.Fill(MemoryMarshal.Cast<byte, long>(flat.bytes), Start(iteration), MemoryMarshal.Cast<byte, ulong>(result.bytes));
        return result.MoveToOuterDisposeScope();
    }

    /// <summary>The bits of each lane by tensor operations, also on the CPU; what <see cref="Bits(long, Tensor)"/> must equal.</summary>
    internal Tensor BitsByTensorOperations(long iteration, Tensor lanes) => SplitMix64.Mix(lanes, Start(iteration));

    /// <summary>The CPU path reads the memory of the lanes as 64-bit numbers: another type would give other draws there, and no error.</summary>
    private static void RequireInt64(Tensor lanes)
    {
        if (lanes.dtype != ScalarType.Int64)
            throw new ArgumentException($"lanes has type {lanes.dtype}, expected Int64.", nameof(lanes));
    }

    private static Tensor Lanes(Device device, long[] shape) =>
        arange(shape.Aggregate(1L, (product, size) => product * size), ScalarType.Int64, device).reshape(shape);

    private static ulong Hash(string name)
    {
        // FNV-1a over the UTF-16 units; the mixing above spreads it.
        var hash = 14695981039346656037UL;
        foreach (var unit in name)
            hash = unchecked((hash ^ unit) * 1099511628211UL);
        return hash;
    }

    private ulong Start(long iteration) => SplitMix64.Mix(unchecked(_key + (SplitMix64.Golden * ((ulong)iteration + 1))));
}
