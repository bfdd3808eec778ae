using CsCheck;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Data.Synthetic;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Dynamics;
using RecDeepRL.Simulation.Responses;
using RecDeepRL.Tests.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

/// <summary>Responses drawn in one pass are those of the tensor operations, to the last bit.</summary>
public sealed class ClickKernelTests
{
    private const int Users = 70;

    public static TheoryData<string> Models => ["table", "popularity", "drift"];

    [Theory]
    [MemberData(nameof(Models))]
    public void OnePassDrawsWhatTensorOperationsDraw(string kind)
    {
        Gen.Select(Gen.Int[0, Users], Gen.Int[1, 30], Gen.Long[0, 40], Gen.Int[0, 3]).Sample((batch, slots, iteration, layout) =>
        {
            using var scope = NewDisposeScope();
            const int items = 30;
            using var model = Model(kind, Users, items);
            using var behaviour = new UserBehaviour(model, EnvironmentParts.Plain, items);
            var (users, slates) = Round(batch, slots, items, layout);
            AssertTwins(behaviour, new EnvironmentCoins(iteration + 5), users, slates, iteration);
        }, iter: 60, threads: 1);
    }

    [Theory]
    [InlineData(3000, 7)] // Rows that straddle the kernel's blocks, slices side by side.
    [InlineData(40_000, 1)]
    [InlineData(5, 1300)] // A row longer than a block.
    public void LargeBatchesAreTheSameOnAnyNumberOfThreads(int batch, int slots)
    {
        using var scope = NewDisposeScope();
        var items = Math.Max(50, slots);
        foreach (var kind in Models)
        {
            using var model = Model(kind, batch, items);
            using var behaviour = new UserBehaviour(model, EnvironmentParts.Plain, items);
            var users = randperm(batch, ScalarType.Int64);
            var slates = arange(slots, ScalarType.Int64).add(users.unsqueeze(1)).remainder(items);
            foreach (var threads in new[] { 1, 2, 5 })
                Threads.With(threads, () => AssertTwins(behaviour, new EnvironmentCoins(2), users, slates, 9));
        }
    }

    [Fact]
    public void UsersWhoChangeAnswerTheSameWay()
    {
        using var scope = NewDisposeScope();
        var population = new Population([.. Enumerable.Range(0, Users).Select(user => (long)user)], [.. Enumerable.Range(0, 30).Select(item => (long)item)], null, rand(30, 4)) { ItemFeatureNames = ["topic:a", "topic:b", "topic:c", "topic:d"] };
        var satiation = new Satiation(new PartContext(population, CPU, 1, 3, 10), new SatiationOptions());
        using var behaviour = new UserBehaviour(Model("table", Users, 30), EnvironmentParts.Plain with { Dynamics = [satiation] }, 30);
        var coins = new EnvironmentCoins(4);
        for (var iteration = 0; iteration < 5; iteration++)
        {
            var (users, slates) = Round(50, 3, 30, layout: iteration % 4);
            AssertTwins(behaviour, coins, users, slates, iteration);
            using var responses = behaviour.Respond(coins, users, slates, iteration);
            behaviour.Advance(coins, users, slates, responses, iteration)?.Dispose();
        }
        population.Dispose();
    }

    [Fact]
    public void CoinsThatEqualTheProbabilityBringNoResponse()
    {
        using var scope = NewDisposeScope();
        var stream = new RandomStream(6, "responses");
        // Each pair's probability is its own coin, or the next number above it; a probability that is no number brings none.
        var coins = Enumerable.Range(0, 40).Select(lane => stream.Uniform(0, lane)).ToArray();
        float[] table = [.. coins.Select((coin, lane) => lane % 2 == 0 ? coin : MathF.BitIncrement(coin))];
        table[5] = float.NaN;
        using var behaviour = new UserBehaviour(new TableModel(table, 4, 10, CPU), EnvironmentParts.Plain, 10);
        using var responses = behaviour.Respond(new EnvironmentCoins(6), arange(4, ScalarType.Int64), arange(10, ScalarType.Int64).expand(4, 10), 0);
        Assert.Equal(Enumerable.Range(0, 40).Select(lane => lane % 2 == 0 || lane == 5 ? 0f : 1f), responses.data<float>().ToArray());
    }

    [Fact]
    public void AUserWhoIsNotInTheTableIsRefused()
    {
        using var scope = NewDisposeScope();
        using var behaviour = new UserBehaviour(Model("table", 4, 10), EnvironmentParts.Plain, 10);
        Assert.ThrowsAny<ArgumentException>(() => behaviour.Respond(new EnvironmentCoins(6), tensor(new[] { 4L }), zeros([1, 1], ScalarType.Int64), 0));
    }

    private static void AssertTwins(UserBehaviour behaviour, EnvironmentCoins coins, Tensor users, Tensor slates, long iteration)
    {
        using var inOnePass = behaviour.Respond(coins, users, slates, iteration);
        using var byOperations = behaviour.RespondByTensorOperations(coins, users, slates, iteration);
        Assert.True(inOnePass.SameAs(byOperations), $"{users.shape[0]} users, {slates.shape[1]} slots, iteration {iteration}");
    }

    /// <summary>Users in any order with slates of distinct items, in memory as they come, transposed, or with gaps.</summary>
    private static (Tensor Users, Tensor Slates) Round(int batch, int slots, int items, int layout)
    {
        var users = randperm(Users, ScalarType.Int64).narrow(0, 0, batch);
        var slates = rand(batch, items).argsort(1).narrow(1, 0, slots);
        return layout switch
        {
            0 => (users, slates.contiguous()),
            1 => (users, slates.t().contiguous().t()),
            2 => (stack([users, users], 1).select(1, 0), slates),
            _ => (users, slates.flip(1)),
        };
    }

    private static IResponseModel Model(string kind, int users, int items) => kind switch
    {
        "table" => new TableModel(rand(users * items).data<float>().ToArray(), users, items, CPU),
        "popularity" => new ItemPopularityModel([.. Enumerable.Range(0, items).Select(item => item / (items - 1.0))], CPU),
        _ => new DriftingPopularityModel(SyntheticPopularity.Generate(3, items), CPU),
    };
}
