using CsCheck;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using RecDeepRL.Tests.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class ParticipantsTests
{
    [Fact]
    public void OnePassFindsWhomTensorOperationsFind()
    {
        // Up to several slices, which run side by side.
        Gen.Select(Gen.OneOf(Gen.Int[0, 1100], Gen.Int[30_000, 60_000]), Gen.OneOf(Gen.Double[1e-4, 1], Gen.Const(1.0)), Gen.Long[0, 9], Gen.Bool, Gen.OneOfConst(1, 3))
            .Sample((users, sampling, iteration, someAreAway, threads) => Threads.With(threads, () =>
            {
                using var scope = NewDisposeScope();
                var coins = new RandomStream(iteration + 3, "inclusion");
                var away = someAreAway ? rand(users).lt(.3) : null;
                AssertTwins(coins, iteration, users, sampling, away);
            }), iter: 60, threads: 1);
    }

    [Fact]
    public void ASamplingRateThatEqualsACoinIsComparedAlike()
    {
        using var scope = NewDisposeScope();
        var coins = new RandomStream(8, "inclusion");
        foreach (var user in Enumerable.Range(0, 20))
        {
            // Rates between two numbers of 32 bits too: which of the two they are taken for decides about this user.
            var coin = (double)coins.Uniform(2, user);
            foreach (var sampling in new[] { coin, coin + 1e-12, coin - 1e-12, Math.BitIncrement(coin), (double)MathF.BitIncrement((float)coin) })
                AssertTwins(coins, 2, 40, sampling, null);
        }
    }

    private static void AssertTwins(RandomStream coins, long iteration, long users, double sampling, Tensor? away)
    {
        using var inOnePass = Participants.Of(coins, iteration, new UserRange(0, (int)users), sampling, away, CPU);
        using var byOperations = Participants.ByTensorOperations(coins, iteration, new UserRange(0, (int)users), sampling, away, CPU);
        Assert.True(inOnePass.SameAs(byOperations), $"{users} users, sampling {sampling:R}, iteration {iteration}");
    }
}
