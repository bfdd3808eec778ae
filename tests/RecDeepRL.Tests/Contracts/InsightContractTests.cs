using RecDeepRL.Agents;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>What agents that can be looked into promise, held against every registered agent in one environment of each shape.</summary>
public sealed class InsightContractTests
{
    public static TheoryData<string, string> Shapes => World.Shapes;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LookingIntoAnAgentChangesNothing(string agent, string environment)
    {
        using var scope = NewDisposeScope();
        using var world = new World(agent, environment);
        using var twin = new World(agent, environment);
        for (var round = 0; round < 3; round++)
        {
            using var before = MemoryCheckpoint.Of(world.Agent);
            Look(world);
            using var after = MemoryCheckpoint.Of(world.Agent);
            before.AssertSameAs(after);
            Assert.Equal(twin.Play(1), world.Play(1));
        }
    }

    /// <summary>Before anything was learned and afterwards: reading asks for no state that is not there yet.</summary>
    private static void Look(World world)
    {
        var (agent, spec) = (world.Agent, world.Environment.Spec);
        using var everyone = world.Environment.ObserveAll(0);
        if (agent is IEstimatesItems estimates)
        {
            using var values = estimates.EstimateItems(everyone);
            Guard.Shape(values, "estimates", "users, items", spec.UserCount, spec.ItemCount);
            Assert.Equal(ScalarType.Float32, values.dtype);
            Assert.False(values.isinf().any().item<bool>(), "an estimate was infinite");
            Assert.False(values.requires_grad);
            using var again = estimates.EstimateItems(everyone);
            Assert.True(values.nan_to_num(-9).SameAs(again.nan_to_num(-9)), "asked twice, it estimated differently");
        }
        if (agent is IHasItemEmbeddings vectors)
        {
            using var values = vectors.ItemEmbeddings();
            Guard.Shape(values, "embeddings", "items, dimensions", spec.ItemCount, -1);
            Assert.Equal(ScalarType.Float32, values.dtype);
            Assert.False(values.requires_grad);
            Assert.True(values.isfinite().all().item<bool>());
            values.fill_(7); // The caller's own: the agent must not share its memory.
        }
        if (agent is IHasItemWeights linear)
        {
            using var weights = linear.ItemWeights();
            Guard.Shape(weights.Values, "weights", "items, features", spec.ItemCount, weights.Features.Count);
            Assert.Equal(weights.Features.Count, weights.Features.Distinct().Count());
            Assert.Contains(weights.Scale, new[] { "response", "log-odds" });
            weights.Values.fill_(7);
        }
    }

    [Fact]
    public void AllAgentsButThoseWithoutEstimatesHaveThem()
    {
        var without = AgentRegistry.All.Select(one => one.Name).Where(name =>
        {
            using var world = new World(name, "context");
            return world.Agent is not IEstimatesItems;
        });
        Assert.Equal(["random", "reinforce", "oracle", "myopic", "best-fixed"], without);
    }
}
