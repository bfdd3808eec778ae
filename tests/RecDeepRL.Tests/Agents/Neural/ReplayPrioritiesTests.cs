using RecDeepRL.Agents.Neural;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class ReplayPrioritiesTests
{
    private sealed record Options : ReplayOptions;

    private static readonly Options s_options = new() { PriorityExponent = 0.5, ImportanceExponent = 0.4, ImportanceUpdates = 100, ReplayRounds = null, BatchSize = 1000, ReplayCapacity = 1000 };

    [Fact]
    public void RowsAreDrawnInProportionToTheirPriorities()
    {
        using var scope = NewDisposeScope();
        using var priorities = new ReplayPriorities(s_options, CPU);
        var (rows, _) = priorities.Sample(tensor(new[] { 1f, 2f, 3f, 4f }), new RandomStream(1, "test"), 0, 10_000);
        // One row from each ten-thousandth of the sum: every row gets its share, 1000, 2000, 3000 and 4000, up to the two marks at its ends.
        for (var row = 0; row < 4; row++)
            Assert.InRange(rows.eq(row).sum().item<long>(), (1000 * (row + 1)) - 2, (1000 * (row + 1)) + 2);
    }

    [Fact]
    public void SmallBatchesAreDrawnInProportionToo()
    {
        using var scope = NewDisposeScope();
        using var priorities = new ReplayPriorities(s_options, CPU);
        var stream = new RandomStream(2, "test");
        var hits = 0L;
        const int Batches = 4000;
        for (var draw = 0; draw < Batches; draw++)
        {
            using var inner = NewDisposeScope();
            hits += priorities.Sample(tensor(new[] { 1f, 9f, 5f, 1f }), stream, draw, 3).Rows.eq(2).sum().item<long>();
        }
        // 12,000 draws of probability 5/16, at most as scattered as independent ones: ±4σ = 4 · √(12000 · 5/16 · 11/16) = 203.
        Assert.InRange(hits, 3750 - 203, 3750 + 203);
    }

    [Fact]
    public void WeightsTakeThePreferenceBack()
    {
        using var scope = NewDisposeScope();
        using var priorities = new ReplayPriorities(s_options, CPU);
        foreach (var (update, beta) in new[] { (0L, 0.4), (50L, 0.7), (100L, 1.0), (900L, 1.0) })
        {
            var (rows, weights) = priorities.Sample(tensor(new[] { 1f, 4f }), new RandomStream(1, "test"), update, 10);
            // n·P is 2/5 and 8/5; over the largest, which is the rare row's: 1 and 4^−β.
            Assert.Equal(rows.data<long>().Select(row => row == 0 ? 1f : (float)Math.Pow(4, -beta)), weights.data<float>().ToArray(), (one, other) => Math.Abs(one - other) < 1e-5);
        }
    }

    [Fact]
    public void AWeightedSampleHasTheMeanOfAUniformOne()
    {
        using var scope = NewDisposeScope();
        using var priorities = new ReplayPriorities(s_options, CPU);
        var values = tensor(new[] { 10f, 20f, 60f });
        var (rows, weights) = priorities.Sample(tensor(new[] { 1f, 3f, 6f }), new RandomStream(1, "test"), 100, 100_000);
        var mean = values.index_select(0, rows).mul(weights).sum().div(weights.sum()).item<float>();
        // With β = 1 the expectation is the plain mean, 30. Rows lie within two of their shares of 100,000: 2 · 3 · 60 · 1/10,000 at most.
        Assert.InRange(mean, 30 - 0.04f, 30 + 0.04f);
    }

    [Fact]
    public void ErrorsBecomePrioritiesAndNewRowsHaveTheLargestSoFar()
    {
        using var scope = NewDisposeScope();
        using var priorities = new ReplayPriorities(s_options, CPU);
        Assert.Equal([1f, 1f], priorities.OfNewRows(2).data<float>().ToArray());
        // (|δ| + .001)^½: 3.999 → 2, .249 → .5.
        Assert.Equal([2f, 0.5f], priorities.Of(tensor(new[] { -3.999f, 0.249f })).data<float>().ToArray(), Near);
        Assert.Equal([2f], priorities.OfNewRows(1).data<float>().ToArray(), Near);
        priorities.Of(tensor(new[] { 0f }));
        Assert.Equal([2f], priorities.OfNewRows(1).data<float>().ToArray(), Near);
    }

    [Theory]
    [InlineData(7)] // the ring has turned
    [InlineData(4)]
    public void RowsOfLargeErrorComeBackMoreOftenAndOnlyFromTheWindow(int rounds)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[10, 3], 1);
        var options = s_options with { ReplayCapacity = 45, BatchSize = 45, PriorityExponent = 1 };
        using var buffer = new ReplayBuffer(toy.Spec, options);
        var stream = new RandomStream(1, "test");
        for (var round = 0; round < rounds; round++)
            buffer.Add(toy.Step(zeros(10, 1, dtype: ScalarType.Int64)));
        var all = buffer.Take(arange(buffer.Count, ScalarType.Int64));
        buffer.Prioritise(all, where(all.Observation.UserIds.eq(3), full_like(all.Discounts ?? all.Responses.squeeze(1), 50f), zeros_like(all.Responses.squeeze(1))));
        // User 3's rows weigh 50.001 each, the others .001: of 45 draws, 45 · (9 · 4 · .001) / (4 · 50) = .008 are of anybody else.
        Assert.InRange(buffer.Sample(stream, 0, options, 0.9).Observation.UserIds.eq(3).sum().item<long>(), 44, 45);
        buffer.Add(toy.Step(zeros(10, 1, dtype: ScalarType.Int64)));
        var latest = buffer.Sample(stream, 1, options with { ReplayRounds = 1 }, 0.9);
        // The latest round's ten rows are all new and equal: each is drawn 4 or 5 times of 45, up to the marks at its ends.
        Assert.All(Enumerable.Range(0, 10), user => Assert.InRange(latest.Observation.UserIds.eq(user).sum().item<long>(), 3, 6));
        Assert.All(latest.Weights!.data<float>().ToArray(), weight => Assert.Equal(1, weight, 4));
    }

    [Fact]
    public void ASavedBufferDrawsTheSameRows()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[10, 3], 1);
        var options = s_options with { ReplayCapacity = 25, BatchSize = 20 };
        using var buffer = new ReplayBuffer(toy.Spec, options);
        for (var round = 0; round < 3; round++)
            buffer.Add(toy.Step(zeros(10, 1, dtype: ScalarType.Int64)));
        buffer.Prioritise(buffer.Take(arange(25, ScalarType.Int64)), arange(25, ScalarType.Float32));
        using var state = new MemoryCheckpoint();
        buffer.Save(state);
        using var restored = new ReplayBuffer(toy.Spec, options);
        restored.Load(state);
        var feedback = toy.Step(zeros(10, 1, dtype: ScalarType.Int64));
        foreach (var one in new[] { buffer, restored })
            one.Add(feedback);
        var (first, second) = (buffer.Sample(new RandomStream(1, "test"), 5, options, 0.9), restored.Sample(new RandomStream(1, "test"), 5, options, 0.9));
        Assert.True(TensorComparison.SameAs(first.Places, second.Places));
        Assert.True(TensorComparison.SameAs(first.Weights!, second.Weights!));
    }

    [Fact]
    public void WeightedLossesMultiplyEachRowByItsWeight()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[2, 3], 2);
        using var buffer = new ReplayBuffer(toy.Spec, s_options);
        buffer.Add(toy.Step(tensor(new[,] { { 0L, 1L }, { 0L, 1L } })));
        var batch = buffer.Take(arange(2, ScalarType.Int64)) with { Weights = tensor(new[] { 1f, 0.5f }) };
        // (1 · (1 + 3) + ½ · (2 + 4)) / 4 = 1.75, not [R] against [R, K] by accident.
        Assert.Equal(1.75f, batch.Mean(tensor(new[,] { { 1f, 3f }, { 2f, 4f } })).item<float>());
        Assert.Equal(1f, batch.Mean(tensor(new[] { 1f, 2f })).item<float>());
    }

    private static bool Near(float one, float other) => Math.Abs(one - other) < 1e-5;
}
