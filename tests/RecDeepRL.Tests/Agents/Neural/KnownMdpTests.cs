using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>The process that value-based agents are held against is what it is said to be.</summary>
public sealed class KnownMdpTests
{
    [Fact]
    public void OptimalValuesAreThoseOfTheCycleOfTwoStepsUpAndAHarvest()
    {
        // From state 1: .1 + .8 · .1 + .64 · .9 = .756 in a cycle of three steps, .8³ = .512: V(1) = .756 / .488 = 1.549180. V(0) = .1 + .8 · V(1) = 1.339344,
        // V(3) = .9 + .8 · V(1) = 2.139344, V(2) = .1 + .8 · V(3) = 1.811475.
        double[] values = [1.339344, 1.549180, 1.811475, 2.139344];
        for (var state = 0; state < 4; state++)
        {
            Assert.Equal(values[state], KnownMdp.OptimalValues[state, KnownMdp.OptimalItems[state]], 6);
            Assert.Equal(0.6, KnownMdp.OptimalValues[state, 0], 12);
        }
        Assert.Equal(0.05 + (0.8 * 1.339344), KnownMdp.OptimalValues[1, 2], 6);
        Assert.Equal(0.1 + (0.8 * 2.139344), KnownMdp.OptimalValues[3, 1], 6);
    }

    [Fact]
    public void TheNextObservationIsOfTheOldVisitorAndTheEndIsTold()
    {
        using var mdp = new KnownMdp(40, 1);
        using var watcher = new Watcher();
        mdp.Train(watcher, 30);
        Assert.True(watcher is { Terminated: > 0, Truncated: > 0, Away: > 0 });
    }

    /// <summary>Shows every item in turn and checks what it is told.</summary>
    private sealed class Watcher : IAgent
    {
        private long _round;

        public long Terminated { get; private set; }

        public long Truncated { get; private set; }

        public long Away { get; private set; }

        /// <summary>Eight times up or harvest, then now.</summary>
        public Tensor Recommend(Observation observation, RecommendationMode mode)
        {
            var turn = observation.UserIds.add(_round++).remainder(9);
            return where(turn.eq(8), zeros_like(turn), turn.remainder(3).clamp_max(1).add(1)).unsqueeze(1);
        }

        public void Learn(Feedback feedback)
        {
            var (states, next) = (feedback.Observation.UserFeatures!.argmax(1), feedback.NextObservation.UserFeatures!.argmax(1));
            var items = feedback.Slates.squeeze(1);
            Assert.True(feedback.Terminated.eq(items.eq(0)).all().item<bool>());
            Assert.True(next.eq(states.add(1).clamp_max(3)).logical_or(items.ne(1)).all().item<bool>());
            Assert.True(next.eq(where(states.eq(3), ones_like(states), zeros_like(states))).logical_or(items.ne(2)).all().item<bool>());
            Assert.False(feedback.Terminated.logical_and(feedback.Truncated).any().item<bool>());
            Terminated += feedback.Terminated.sum().item<long>();
            Truncated += feedback.Truncated.sum().item<long>();
            Away += 40 - feedback.Observation.UserCount;
        }

        public IReadOnlyDictionary<string, double> Diagnose() => new Dictionary<string, double>();

        public void Save(RecDeepRL.Core.State.IStateWriter writer)
        {
        }

        public void Load(RecDeepRL.Core.State.IStateReader reader)
        {
        }

        public void Dispose()
        {
        }
    }
}
