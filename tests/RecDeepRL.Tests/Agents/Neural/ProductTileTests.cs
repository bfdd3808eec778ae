using System.Runtime.Intrinsics;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Tests.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>Products by tiles are those of libtorch. Entries are whole numbers whose sums float32 holds exactly, in any order: so nothing may differ.
/// Where vectors are shorter than 512 bits the same code runs, only slower, and is tested as well.</summary>
public sealed class ProductTileTests
{
    /// <summary>Rows that fill tiles, that do not, that are fewer than one has, and that are several parts of a sum; widths of one and of several tiles.</summary>
    public static TheoryData<int, int> Sizes => new()
    {
        { 64, 32 },
        { 61, 96 },
        { 3, 128 },
        { 1, 256 },
        { 8, 160 },
        { 519, 128 },
        { 2563, 256 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void RowsAreMultipliedByWeightsForwardAndBack(int count, int width)
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(1, "whole numbers");
        var (rows, weights, results) = (Whole(stream, 0, count, width), Whole(stream, 1, width, width), full([count, width], float.NaN));
        foreach (var forward in new[] { true, false })
        {
            var layer = new PackedWeights(weights, forward);
            layer.Multiply(new TensorMemory<float>(rows).Slice(0, count * width), new TensorMemory<float>(results).Slice(0, count * width));
            AssertEqual(rows.mm(forward ? weights.t() : weights), results);
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void SlopesOfWeightsAreSumsOverAllRows(int count, int width)
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(1, "whole numbers");
        var (slopes, rows) = (Whole(stream, 0, count, width), Whole(stream, 1, count, width));
        foreach (var threads in new[] { 1, 2 })
            Threads.With(threads, () => AssertEqual(slopes.t().mm(rows), WeightSlopes.Of(slopes, rows)));
    }

    [Fact]
    public void ARowGivesTheSameNumbersAmongAnyOthers()
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(1, "numbers");
        var (rows, results, again) = (stream.Normal(0, CPU, 37, 128), empty(37, 128), empty(37, 128));
        var layer = new PackedWeights(stream.Normal(1, CPU, 128, 128), forward: true);
        var (from, to, parts) = (new TensorMemory<float>(rows), new TensorMemory<float>(results), new TensorMemory<float>(again));
        layer.Multiply(from.Slice(0, 37 * 128), to.Slice(0, 37 * 128));
        foreach (var (start, count) in new[] { (0, 1), (1, 7), (8, 9), (17, 20) })
            layer.Multiply(from.Slice(start * 128, count * 128), parts.Slice(start * 128, count * 128));
        AssertEqual(results, again);
    }

    [Theory]
    [InlineData(1000, 1, 4096)]
    [InlineData(1000, 11, 128)]
    [InlineData(7, 200, 128)]
    [InlineData(0, 3, 128)]
    public void EveryUnitIsVisitedOnce(int units, int rowsPerUnit, int width)
    {
        var visits = new int[units];
        var slices = 0;
        PackedWeights.ForEach(units, rowsPerUnit, width, (unit, count) =>
        {
            Assert.True(unit + count == units || count * rowsPerUnit >= 55, $"{count} units at once");
            Interlocked.Increment(ref slices);
            for (var end = unit + count; unit < end; unit++)
                Interlocked.Increment(ref visits[unit]);
        });
        Assert.All(visits, visit => Assert.Equal(1, visit));
        Assert.Equal(units == 0, slices == 0);
    }

    [Fact]
    public void WeightsAreThoseOfTheTimeOfPacking()
    {
        using var scope = NewDisposeScope();
        var (rows, results) = (ones(8, 32), empty(8, 32));
        // As a parameter is: with a gradient, and a part of a larger tensor.
        var weights = ones(2, 32, 32).requires_grad_(true)[1];
        var layer = new PackedWeights(weights, forward: true);
        using (no_grad())
            weights.zero_();
        layer.Multiply(new TensorMemory<float>(rows).Slice(0, 256), new TensorMemory<float>(results).Slice(0, 256));
        AssertEqual(full([8, 32], 32f), results);
    }

    [Theory]
    [InlineData(128, true)]
    [InlineData(256, true)]
    [InlineData(160, true)]
    [InlineData(96, false)]
    [InlineData(130, false)]
    public void WideLayersWithoutColumnsLeftOverAreMultipliedByTiles(int width, bool suits) => Assert.Equal(suits && Vector512.IsHardwareAccelerated, ProductTile.Suits(width));

    private static Tensor Whole(RandomStream stream, long counter, long rows, long columns) => stream.Integers(counter, 17, CPU, rows, columns).sub(8).to_type(ScalarType.Float32);

    private static void AssertEqual(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        Assert.Equal(0, expected.sub(actual).abs().max().item<float>());
    }
}
