using RecDeepRL.Simulation.Dynamics;
using static RecDeepRL.Tests.Simulation.SmallSessions;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Dynamics;

public sealed class PatienceTests
{
    private static readonly PatienceOptions s_options = new() { Budget = 3, Silence = 1, Boredom = 2, Refill = .5 };
    private static readonly float[] s_rested = [.8f, .4f];
    private static readonly float[] s_bored = [.4f, .4f];

    [Fact]
    public void SilenceAndBoredomUseItUpAndResponsesRefillIt()
    {
        using var scope = NewDisposeScope();
        using var population = People(1);
        using var part = new Patience(Context(population), s_options);

        // No response: 1. The first item has lost half of its appeal, the second none: boredom (.5 + 0)/2 = .25 costs .5. 3 − 1.5 = 1.5.
        var silent = Play(part, 0, 0, s_bored);
        Assert.Equal([1.5f], State(part, "left"));
        Assert.False(part.Leaving(silent).item<bool>());

        // Two responses without boredom: 1.5 + 2 · .5 = 2.5. Two more would make 3.5, of which 3 is the most.
        Play(part, 1, 1, s_rested);
        Assert.Equal([2.5f], State(part, "left"));
        Play(part, 1, 1, s_rested);
        Assert.Equal([3f], State(part, "left"));

        // One response and boredom .25: 3 + .5 − .5 = 3.
        Play(part, 0, 1, s_bored);
        Assert.Equal([3f], State(part, "left"));

        // Down to exactly 0: the user leaves.
        Assert.False(part.Leaving(Play(part, 0, 0, s_bored)).item<bool>());
        var last = Play(part, 0, 0, s_bored);
        Assert.Equal([0f], State(part, "left"));
        Assert.True(part.Leaving(last).item<bool>());

        part.Return(Ids(0));
        Assert.Equal([3f], State(part, "left"));
    }

    [Fact]
    public void MoreAppealThanWhenRestedIsNoBoredom()
    {
        using var scope = NewDisposeScope();
        var rested = tensor([.4f, 0f]).reshape(1, 2);
        DynamicsRound.Boredom(rested, tensor([.6f, 0f]).reshape(1, 2)).AssertNear(0, 0);
    }

    [Fact]
    public void TheBurdenIsTheExpectedUseOfOneSlot()
    {
        using var scope = NewDisposeScope();
        using var population = People(1);
        using var part = new Patience(Context(population), s_options);
        // K = 2: item 0 costs 2 · .5/2 − .5 · .4 = .3, item 1 costs 0 − .5 · .4 = −.2.
        part.Burden(Ids(0), tensor(s_rested).reshape(1, 2), tensor(s_bored).reshape(1, 2)).AssertNear(.3, -.2);
    }

    private static DynamicsRound Play(Patience part, float first, float second, float[] appeal)
    {
        var round = Round(Ids(0), Ids(0, 1).reshape(1, 2), tensor([first, second]).reshape(1, 2), tensor(s_rested).reshape(1, 2), tensor(appeal).reshape(1, 2));
        part.Advance(round);
        return round;
    }
}
