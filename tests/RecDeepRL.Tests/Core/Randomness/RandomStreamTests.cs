using CsCheck;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core.Randomness;

public sealed class RandomStreamTests
{
    private const int Draws = 200_000;

    private static readonly long[] s_edgeLanes =
        [0, 1, -1, 2, -2, 511, 512, 513, int.MaxValue, int.MinValue, 1L << 32, -(1L << 32), (1L << 53) + 1, long.MaxValue, long.MinValue, long.MaxValue - 1, long.MinValue + 1];

    [Fact]
    public void TheSequenceFromZeroIsSplitMix64()
    {
        // The reference implementation of Steele, Lea and Flood's generator (Vigna, splitmix64.c) with seed 0 and with seed 1234567.
        var bits = new ulong[5];
        SplitMix64.Fill([0, 1, 2, 3, 4], 0, bits);
        Assert.Equal([0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC, 0x1B39896A51A8749B], bits);
        SplitMix64.Fill([0, 1, 2, 3, 4], 1234567, bits);
        Assert.Equal([6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821], bits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void ScalarsVectorsAndTensorOperationsAgreeBitForBit(long iteration)
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(-5, "paths");
        // Every length up to two blocks of 512 and a bit, so that the blocks, the vectors and the rest of each all meet every lane.
        foreach (var length in Enumerable.Range(1, 40).Concat([511, 512, 513, 1024, 1033]))
        {
            using var inner = NewDisposeScope();
            var lanes = Enumerable.Range(0, length).Select(index => index < s_edgeLanes.Length ? s_edgeLanes[index] : index * 0x1234567L).Reverse().ToArray();
            var expected = lanes.Select(lane => stream.Bits(iteration, lane)).ToArray();
            Assert.Equal(expected, stream.Bits(iteration, tensor(lanes)).data<long>().Select(value => (ulong)value));
            Assert.Equal(expected, stream.BitsByTensorOperations(iteration, tensor(lanes)).data<long>().Select(value => (ulong)value));
            Assert.Equal(lanes.Select(lane => stream.Uniform(iteration, lane)), stream.Uniform(iteration, tensor(lanes)).data<float>());
            Assert.Equal(expected.Select(value => (value >> 40) / (float)(1 << 24)), stream.Uniform(iteration, tensor(lanes)).data<float>());
            Assert.Equal(stream.NormalByTensorOperations(iteration, tensor(lanes)).data<float>(), stream.Normal(iteration, tensor(lanes)).data<float>());
        }
    }

    [Fact]
    public void HalvesOfTheBitsBecomeUniformsAndAnglesWithoutRounding()
    {
        // From every length the vectors and the rest of a pass meet every lane; 32 bits and a half are exact in float64, and so is a division by 2³².
        foreach (var length in Enumerable.Range(0, 40))
        {
            var lanes = Enumerable.Range(0, length).Select(index => index < s_edgeLanes.Length ? s_edgeLanes[index] : index * 0x1234567L).Reverse().ToArray();
            var (uniforms, angles) = (new double[length], new double[length]);
            SplitMix64.FillHalves(lanes, 77, uniforms, angles);
            var bits = new ulong[length];
            SplitMix64.Fill(lanes, 77, bits);
            Assert.Equal(bits.Select(value => ((2.0 * (value >> 32)) + 1) / (1L << 33)), uniforms);
            Assert.Equal(bits.Select(value => (value % (1UL << 32)) * (2.0 * Math.PI / (1L << 32))), angles);
        }
    }

    [Fact]
    public void DrawsDoNotDependOnTheBatchItsOrderOrItsShape()
    {
        Gen.Select(Gen.Long, Gen.Long, Gen.Long.Array[2, 60], Gen.Int[1, 59]).Sample((seed, iteration, lanes, cut) =>
        {
            using var scope = NewDisposeScope();
            var stream = new RandomStream(seed, "batches");
            cut = Math.Min(cut, lanes.Length - 1);
            var all = tensor(lanes);
            foreach (var draw in new Func<Tensor, Tensor>[]
                {
                    some => stream.Bits(iteration, some), some => stream.Uniform(iteration, some), some => stream.Normal(iteration, some),
                    some => stream.Integers(iteration, some, 12), some => stream.Gamma(iteration, some, full_like(some, .7, ScalarType.Float64)),
                    some => stream.Beta(iteration, some, ones(1), ones(1).mul(3)),
                })
            {
                var whole = draw(all);
                Assert.True(whole.SameAs(cat([draw(all.narrow(0, 0, cut)), draw(all.narrow(0, cut, lanes.Length - cut))])), "parts differ");
                var order = tensor(Enumerable.Range(0, lanes.Length).Select(index => (long)index).Reverse().ToArray());
                Assert.True(whole.index_select(0, order).SameAs(draw(all.index_select(0, order))), "another order differs");
                var strided = stack([all, all.add(1)], 1);
                Assert.True(whole.SameAs(draw(strided.select(1, 0))), "lanes that are not contiguous differ");
                Assert.True(whole.unsqueeze(1).SameAs(draw(strided).narrow(1, 0, 1)), "another shape differs");
            }
        }, iter: 30);
    }

    [Fact]
    public void NoLanesGiveNoDraws()
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(1, "empty");
        var none = zeros([0, 3], ScalarType.Int64);
        Assert.Equal([0, 3], stream.Uniform(0, none).shape);
        Assert.Equal([0, 3], stream.Beta(0, none, ones(1), ones(1)).shape);
        Assert.Equal([4, 2], stream.Normal(0, CPU, 4, 2).shape);
    }

    [Fact]
    public void LanesOfAnotherTypeAreRefused()
    {
        using var scope = NewDisposeScope();
        var error = Assert.Throws<ArgumentException>(() => new RandomStream(1, "types").Uniform(0, zeros(4, ScalarType.Int32)));
        Assert.Contains("Int32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UniformsAreUniformOverLanesIterationsAndSeeds()
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(3, "uniform");
        Chance.AssertUniform(Bins(stream.Uniform(0, CPU, Draws).data<float>()));
        Chance.AssertUniform(Bins(Enumerable.Range(0, Draws).Select(iteration => stream.Uniform(iteration, 5))));
        Chance.AssertUniform(Bins(Enumerable.Range(0, Draws).Select(seed => new RandomStream(seed, "uniform").Uniform(0, 0))));
    }

    [Fact]
    public void EveryBitIsFair()
    {
        var stream = new RandomStream(4, "bits");
        var ones = new long[64];
        for (var lane = 0; lane < Draws; lane++)
            for (var (bits, index) = (stream.Bits(2, lane), 0); index < 64; index++)
                ones[index] += (long)(bits >> index) & 1;
        // Each count is binomial(n, ½) with variance n/4: the squared deviations, in units of it, sum to chi-squared with 64 degrees of freedom.
        Chance.AssertChiSquared(ones.Sum(count => Math.Pow(count - (Draws / 2.0), 2) / (Draws / 4.0)), 64);
    }

    [Fact]
    public void StreamsSeedsIterationsAndLanesAreIndependent()
    {
        using var scope = NewDisposeScope();
        var lanes = arange(Draws, ScalarType.Int64);
        double[] Of(long seed, string name, long iteration, long shift) =>
            [.. new RandomStream(seed, name).Uniform(iteration, lanes.add(shift)).data<float>().Select(value => (double)value)];
        var reference = Of(1, "a", 0, 0);
        foreach (var other in new[] { Of(1, "b", 0, 0), Of(2, "a", 0, 0), Of(-1, "a", 0, 0), Of(1, "a", 1, 0), Of(1, "a", -1, 0), Of(1, "a", 0, 1), Of(1, "a", 0, 1000), Of(1, "aa", 0, 0) })
            Chance.AssertUncorrelated(reference, other);
    }

    [Fact]
    public void NoTwoStatesOfOneIterationMeet()
    {
        // SplitMix64 is a bijection of 64 bits and the lanes' states differ, so all 64-bit draws of one iteration are distinct.
        var stream = new RandomStream(6, "distinct");
        Assert.Equal(Draws, Enumerable.Range(-Draws / 2, Draws).Select(lane => stream.Bits(0, lane)).Distinct().Count());
    }

    [Fact]
    public void DerivedSeedsDifferByPurposeIndexAndSeedAndAreNotNegative()
    {
        long[] seeds = [RandomStream.DeriveSeed(1, "agent"), RandomStream.DeriveSeed(1, "environment"), RandomStream.DeriveSeed(1, "agent", 1), RandomStream.DeriveSeed(2, "agent")];
        Assert.Equal(4, seeds.Distinct().Count());
        Assert.All(seeds, seed => Assert.InRange(seed, 0, long.MaxValue));
        Assert.Equal(seeds[0], RandomStream.DeriveSeed(1, "agent"));
    }

    [SkippableFact]
    public void DrawsAreEqualOnCpuAndCuda()
    {
        Skip.IfNot(cuda.is_available(), "needs a CUDA device");
        using var scope = NewDisposeScope();
        var stream = new RandomStream(8, "devices");
        var lanes = cat([tensor(s_edgeLanes), arange(10_000, ScalarType.Int64)]);
        Assert.True(stream.Bits(3, lanes).SameAs(stream.Bits(3, lanes.cuda()).cpu()));
        Assert.True(stream.Uniform(3, lanes).SameAs(stream.Uniform(3, lanes.cuda()).cpu()));
        Assert.True(stream.Integers(3, lanes, 12345).SameAs(stream.Integers(3, lanes.cuda(), 12345).cpu()));
        Assert.True(stream.Normal(3, lanes).allclose(stream.Normal(3, lanes.cuda()).cpu(), 1e-6, 1e-6));
        var shapes = lanes.remainder(7).add(.3).to_type(ScalarType.Float64);
        Assert.True(stream.Gamma(3, lanes, shapes).allclose(stream.Gamma(3, lanes.cuda(), shapes.cuda()).cpu(), 1e-6, 1e-9));
        Assert.True(stream.Beta(3, lanes, shapes, shapes).allclose(stream.Beta(3, lanes.cuda(), shapes.cuda(), shapes.cuda()).cpu(), 1e-5, 1e-6));
    }

    private static long[] Bins(IEnumerable<float> uniforms)
    {
        var counts = new long[256];
        foreach (var uniform in uniforms)
            counts[(int)(uniform * 256)]++;
        return counts;
    }
}
