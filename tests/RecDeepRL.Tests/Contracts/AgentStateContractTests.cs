using RecDeepRL.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What <see cref="IAgent"/> promises of its state, held against every registered agent in one environment of each shape: runs repeat, resume and leave
/// nothing behind. A class apart from <see cref="AgentContractTests"/>, so that the two run side by side.</summary>
public sealed class AgentStateContractTests
{
    public static TheoryData<string, string> Shapes => World.Shapes;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheSameSeedGivesTheSameRun(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var first = new World(agent, environment);
        using var second = new World(agent, environment);
        Assert.Equal(first.Play(4), second.Play(4));
        using var firstState = MemoryCheckpoint.Of(first.Agent);
        using var secondState = MemoryCheckpoint.Of(second.Agent);
        firstState.AssertSameAs(secondState);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AResumedRunGoesOnAsIfItHadNeverStopped(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var straight = new World(agent, environment);
        var expected = straight.Play(10).ToArray();

        using var stopped = new World(agent, environment);
        var first = stopped.Play(5);
        using var agentState = MemoryCheckpoint.Of(stopped.Agent);
        using var environmentState = MemoryCheckpoint.Of(stopped.Environment);
        using var resumed = new World(agent, environment);
        resumed.Agent.Load(agentState);
        resumed.Environment.Load(environmentState);
        using var loaded = MemoryCheckpoint.Of(resumed.Agent);
        agentState.AssertSameAs(loaded);

        Assert.Equal(expected, first.Concat(resumed.Play(5)));
        using var agentEnd = MemoryCheckpoint.Of(resumed.Agent);
        using var environmentEnd = MemoryCheckpoint.Of(resumed.Environment);
        using var expectedAgentEnd = MemoryCheckpoint.Of(straight.Agent);
        using var expectedEnvironmentEnd = MemoryCheckpoint.Of(straight.Environment);
        expectedAgentEnd.AssertSameAs(agentEnd);
        expectedEnvironmentEnd.AssertSameAs(environmentEnd);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AStateOfAnotherShapeIsRefused(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var small = new World(agent, environment);
        using var large = new World(agent, environment, items: 13);
        small.Play(1);
        using var state = MemoryCheckpoint.Of(small.Agent);
        if (state.Tensors.Count + state.Counters.Count == 0)
            large.Agent.Load(state); // It remembers nothing, so there is nothing to refuse.
        else
            Assert.Throws<UserMistakeException>(() => large.Agent.Load(state));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AStateThatLacksAnythingIsRefused(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var world = new World(agent, environment);
        world.Play(1);
        using var state = MemoryCheckpoint.Of(world.Agent);
        foreach (var name in state.Tensors.Keys.Concat(state.Counters.Keys).ToList())
        {
            using var rest = MemoryCheckpoint.Of(world.Agent);
            if (rest.Tensors.Remove(name, out var removed))
                removed.Dispose();
            rest.Counters.Remove(name);
            using var fresh = new World(agent, environment);
            Assert.Throws<UserMistakeException>(() => fresh.Agent.Load(rest));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void NothingLeaksFromRoundToRound(string agent, string environment)
    {
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var world = new World(agent, environment))
        {
            world.Play(10);
            var afterTen = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            world.Play(15);
            Assert.Equal(afterTen, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
            world.Agent.Diagnose();
            using (var state = MemoryCheckpoint.Of(world.Agent))
                world.Agent.Load(state);
            Assert.Equal(afterTen, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
        }
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }
}
