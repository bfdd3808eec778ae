using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Dynamics;
using static RecDeepRL.Tests.Simulation.SmallSessions;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Dynamics;

public sealed class DynamicsChainTests
{
    [Fact]
    public void EachPartAdjustsWhatTheOneBeforeLeft()
    {
        using var scope = NewDisposeScope();
        using var population = People(1);
        var context = Context(population);
        using var chain = new DynamicsChain([
            new Satiation(context, new SatiationOptions { Retention = .5, Influence = 1 }), new Patience(context, new PatienceOptions()),
            new InterestDrift(context, new InterestDriftOptions { Rate = 1, Bound = 5 })]);
        Advance(chain, Ids(0), tensor([1f, 0f]).reshape(1, 2), _ => zeros(1));
        // Item 0's topic: s = .5, so .5 · e^−.5 = .303265, odds .435268 · e¹ = 1.183180, probability .541953.
        chain.Adjust(full([1, 1], .5f), Ids(0), Ids(3).reshape(1, 1)).AssertNear(.541953);
    }

    [Fact]
    public void UsersLeaveAsSoonAsOnePartSaysSo()
    {
        using var scope = NewDisposeScope();
        using var chain = new DynamicsChain([new Leaving(new LeavingOptions { Probability = .3 }), new Leaving(new LeavingOptions { Probability = .6 })]);
        var coins = new Dictionary<string, Tensor> { ["leaving"] = tensor([.2f, .4f, .4f, .9f]), ["leaving-2"] = tensor([.9f, .5f, .6f, .9f]) };
        // Parts of one kind draw apart. User 0 leaves by the first, user 1 by the second; at .6 nobody leaves with probability .6.
        var leaving = Advance(chain, Ids(0, 1, 2, 3), zeros([4, 2]), name => coins[name].clone());
        Assert.Equal([true, true, false, false], leaving!.data<bool>().ToArray());
    }

    [Fact]
    public void WithoutPartsNothingChangesAndNobodyLeaves()
    {
        using var scope = NewDisposeScope();
        using var chain = new DynamicsChain([]);
        var appeal = full([2, 3], .5f);
        Assert.Same(appeal, chain.Adjust(appeal, Ids(0, 1), zeros([2, 3], ScalarType.Int64)));
        Assert.Null(Advance(chain, Ids(0), zeros([1, 2]), _ => throw new InvalidOperationException()));
        Assert.Null(chain.Burden(Ids(0, 1), appeal, appeal));
    }

    [Fact]
    public void LeavingAtRandomIsAsFrequentAsItsProbability()
    {
        using var scope = NewDisposeScope();
        using var chain = new DynamicsChain([new Leaving(new LeavingOptions { Probability = .1 })]);
        var everyone = arange(40_000, ScalarType.Int64);
        var leaving = Advance(chain, everyone, zeros([40_000, 2]), name => new RandomStream(3, name).Uniform(0, everyone))!;
        // n = 40 000 of p = .1: 4 sigma = 4 · sqrt(.09/40 000) = .006.
        Assert.Equal(.1, leaving.to_type(ScalarType.Float32).mean().item<float>(), .006);
    }

    private static Tensor? Advance(DynamicsChain chain, Tensor users, Tensor responses, Func<string, Tensor> coins)
    {
        var appeal = full_like(responses, .5f);
        return chain.Advance(users, Ids(0, 1).expand(users.shape[0], 2), responses, appeal, appeal, coins, out _);
    }
}
