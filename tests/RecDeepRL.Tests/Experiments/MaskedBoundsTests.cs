using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments.Evaluation;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Experiments;

public sealed class MaskedBoundsTests
{
    [Fact]
    public void BoundsCountOnlyWhatMayBeShown()
    {
        // Appeal .1, .2, .4, .8 for both users; user 0 may see items 0, 1, 2; user 1 items 1, 3; K = 2, shown side by side.
        // Random: (.1 + .2 + .4)/3 · 2 = .46667 and (.2 + .8) = 1; mean .73333. Best fixed and oracle: .6 and 1; mean .8.
        using var scope = NewDisposeScope();
        var bounds = Bounds.Of(new TwoUsers(masked: true, halving: false), new TwoUsers(masked: true, halving: false), 0);
        Assert.Equal(.733333, bounds.Random, 5);
        Assert.Equal(.8, bounds.BestFixed, 5);
        Assert.Equal(.8, bounds.Oracle, 5);
        Assert.True(Bounds.DependOnSeed(new TwoUsers(masked: true, halving: false)));
        Assert.False(Bounds.DependOnSeed(new TwoUsers(masked: false, halving: false)));
    }

    [Fact]
    public void WhereSlotsDependOnEachOtherTheSlateCounts()
    {
        // The second slot is worth half: oracle .8 + .4/2 = 1. Random slates of one user: mean of the pairs (a, b) of a + b/2 over a ≠ b is
        // 1.5 · .375 = .5625; within .25 + .1/2 … 1 each.
        using var scope = NewDisposeScope();
        var environment = new TwoUsers(masked: false, halving: true);
        var bounds = Bounds.Of(environment, environment, 0);
        Assert.Equal(1, bounds.Oracle, 5);
        Assert.Equal(1, bounds.BestFixed, 5);
        var random = Enumerable.Range(0, 400).Average(seed => Bounds.Of(environment, environment, 0, seed).Random);
        // a + b/2 lies in [.2, 1], so σ ≤ .4; 800 slates: ± 4 · .4/√800 = .0566.
        Assert.Equal(.5625, random, .0566);
    }

    private sealed class TwoUsers(bool masked, bool halving) : IEnvironment, ITruth
    {
        public EnvironmentSpec Spec { get; } = Agents.Toy.Spec(2, 4, 2);

        public Population Population => throw new NotSupportedException();

        public long Iteration => 0;

        public bool IsStationary => true;

        public bool SlotsAreIndependent => !halving;

        public Observation ObserveAll(long drawKey) =>
            Agents.Toy.Observe(2, eligible: masked ? tensor(new[,] { { true, true, true, false }, { false, true, false, true } }) : null, drawKey: drawKey);

        public Tensor ExpectedResponses(Tensor userIds, long iteration) => tensor(new[] { .1f, .2f, .4f, .8f }).expand(userIds.shape[0], 4).clone();

        public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration)
        {
            var appeal = ExpectedResponses(userIds, iteration).gather(1, slates);
            return halving ? appeal.mul(tensor(new[] { 1f, .5f })) : appeal;
        }

        public void Reset(long seed) => throw new NotSupportedException();

        public Observation Observe() => throw new NotSupportedException();

        public Feedback Step(Tensor slates) => throw new NotSupportedException();

        public Tensor Respond(Observation observation, Tensor slates, long seed) => throw new NotSupportedException();

        public void Save(IStateWriter writer) => throw new NotSupportedException();

        public void Load(IStateReader reader) => throw new NotSupportedException();

        public void Dispose() { }
    }
}
