using CsCheck;
using RecDeepRL.Simulation;
using RecDeepRL.Tests.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class UserHistoryTests
{
    [Fact]
    public void TheLatestItemsStandLast()
    {
        using var scope = NewDisposeScope();
        using var history = new UserHistory(3, 4, CPU);
        history.Append(tensor(new[] { 2L, 0L }), tensor(new long[,] { { 5, 6 }, { 7, 8 } }), tensor(new float[,] { { 1, 0 }, { 0, 1 } }));
        var (items, responses) = history.Append(tensor(new[] { 2L }), tensor(new long[,] { { 1, 2 } }), tensor(new float[,] { { 1, 1 } }));
        Assert.Equal([5L, 6, 1, 2], items.data<long>().ToArray());
        Assert.Equal([1f, 0, 1, 1], responses.data<float>().ToArray());
        (items, responses) = history.Of(arange(3, ScalarType.Int64));
        Assert.Equal([-1L, -1, 7, 8, -1, -1, -1, -1, 5, 6, 1, 2], items.data<long>().ToArray());
        Assert.Equal([0f, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 1], responses.data<float>().ToArray());
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(9)]
    public void AnItemThatThereIsNotIsRefused(long item)
    {
        using var history = new UserHistory(3, 4, CPU);
        using var state = new MemoryCheckpoint();
        history.Save(state);
        state.Tensors["items"].narrow(0, 0, 1).fill_(8);
        history.Load(state, 9);
        state.Tensors["items"].narrow(0, 0, 1).fill_(item);
        Assert.Throws<ArgumentException>(() => history.Load(state, 9));
    }

    [Fact]
    public void OnePassAppendsWhatTensorOperationsAppend()
    {
        // Slates shorter than the history, as long, and longer.
        Gen.Select(Gen.Int[0, 50], Gen.Int[1, 12], Gen.Int[1, 12], Gen.Bool, Gen.OneOfConst(1, 3)).Sample((batch, slots, length, transposed, threads) => Threads.With(threads, () =>
        {
            using var scope = NewDisposeScope();
            using var inOnePass = new UserHistory(50, length, CPU);
            using var byOperations = new UserHistory(50, length, CPU);
            for (var round = 0; round < 4; round++)
            {
                var users = randperm(50, ScalarType.Int64).narrow(0, 0, batch);
                var (slates, responses) = (randint(0, 1000, [batch, slots], ScalarType.Int64), rand(batch, slots));
                if (transposed)
                    (users, slates, responses) = (stack([users, users], 1).select(1, 0), slates.t().contiguous().t(), responses.t().contiguous().t());
                AssertSame(byOperations.AppendByTensorOperations(users, slates, responses), inOnePass.Append(users, slates, responses));
                AssertSame(byOperations.Of(arange(50, ScalarType.Int64)), inOnePass.Of(arange(50, ScalarType.Int64)));
            }
        }), iter: 150, threads: 1);
    }

    [Fact]
    public void LargeBatchesAreTheSameOnAnyNumberOfThreads()
    {
        using var scope = NewDisposeScope();
        const int users = 20_000;
        var everyone = arange(users - 1, -1, -1, ScalarType.Int64);
        foreach (var threads in new[] { 1, 2, 5 })
        {
            using var inOnePass = new UserHistory(users, 10, CPU);
            using var byOperations = new UserHistory(users, 10, CPU);
            for (var round = 0; round < 3; round++)
            {
                var (slates, responses) = (randint(0, 1000, [users, 4], ScalarType.Int64), rand(users, 4));
                Threads.With(threads, () => AssertSame(byOperations.AppendByTensorOperations(everyone, slates, responses), inOnePass.Append(everyone, slates, responses)));
            }
        }
    }

    [Fact]
    public void AUserOutsideThePopulationIsRefused()
    {
        using var scope = NewDisposeScope();
        using var history = new UserHistory(3, 4, CPU);
        Assert.ThrowsAny<ArgumentException>(() => history.Append(tensor(new[] { 3L }), zeros([1, 2], ScalarType.Int64), zeros(1, 2)));
    }

    private static void AssertSame((Tensor Items, Tensor Responses) expected, (Tensor Items, Tensor Responses) actual)
    {
        Assert.True(expected.Items.SameAs(actual.Items));
        Assert.True(expected.Responses.SameAs(actual.Responses));
    }
}
