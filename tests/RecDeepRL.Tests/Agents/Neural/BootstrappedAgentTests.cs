using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class BootstrappedAgentTests
{
    private static readonly BootstrappedOptions s_small = new() { HiddenSize = 6, EmbeddingSize = 3, BatchSize = 16, StepsPerTraining = 5, Members = 4 };

    [Fact]
    public void AllMembersAtOnceEqualEachMemberByItself()
    {
        using var scope = NewDisposeScope();
        var spec = Toy.Spec(5, 7, 2);
        var options = s_small with { HiddenLayers = 2 };
        using var block = new ParameterBlock(ItemHeads.Shapes("network", spec, options, 3, members: 4), CPU);
        block.Initialise(new RandomStream(1, "test"));
        var states = new RandomStream(2, "states").Normal(0, CPU, 5, 3);
        var items = new RandomStream(3, "items").Integers(0, 7, CPU, 5, 2);
        var together = new ItemHeads(block, "network", 2);
        var all = together.Outputs(together.Features(states));
        Assert.Equal([4, 5, 7], all.shape);
        for (var member = 0; member < 4; member++)
        {
            using var own = new ParameterBlock(ItemHeads.Shapes("network", spec, options, 3), CPU);
            using (no_grad())
                foreach (var name in new[] { "0.weight", "0.bias", "1.weight", "1.bias", "heads.weight", "heads.bias" })
                    own["network." + name].copy_(block["network." + name][member].unsqueeze(0));
            var alone = new ItemHeads(own, "network", 2);
            var outputs = alone.Outputs(alone.Features(states));
            Assert.True(outputs[0].allclose(all[member], 1e-5, 1e-6));
            Assert.True(alone.Outputs(alone.Features(states), items)[0].allclose(all[member].gather(1, items), 1e-5, 1e-6));
        }
    }

    [Theory]
    [InlineData(BootstrapKind.Bernoulli)]
    [InlineData(BootstrapKind.Poisson)]
    public void CountsHaveTheFrequenciesOfTheirBootstrapAndStayWithTheirRow(BootstrapKind kind)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(10, 8, 2, 1);
        using var agent = new BootstrappedAgent(toy.ContextFor(3), s_small with { Bootstrap = kind });
        const int Rows = 5000;
        var counts = agent.Counts(arange(Rows, ScalarType.Int64), 2);
        Assert.Equal([4, Rows, 2], counts.shape);
        var flat = counts.reshape(-1).data<float>().ToArray();
        if (kind == BootstrapKind.Bernoulli)
        {
            Chance.AssertFrequencies([flat.LongCount(count => count == 0), flat.LongCount(count => count == 2)], [.5, .5]);
        }
        else
        {
            // Poisson of mean 1: e⁻¹/k!, all from 4 on together.
            double[] expected = [.367879, .367879, .183940, .061313, .018988];
            Chance.AssertFrequencies([.. Enumerable.Range(0, 5).Select(k => flat.LongCount(count => k < 4 ? count == k : count >= 4))], expected);
        }
        // Members, rows and slots draw apart.
        var (first, second) = (counts[0, .., 0].to_type(ScalarType.Float64).data<double>().ToArray(), counts[1, .., 0].to_type(ScalarType.Float64).data<double>().ToArray());
        Chance.AssertUncorrelated(first, second);
        Chance.AssertUncorrelated(first, counts[0, .., 1].to_type(ScalarType.Float64).data<double>().ToArray());
        Chance.AssertUncorrelated(first[1..], first[..^1]);
        // A row met again, among others, is counted as before.
        Assert.True(agent.Counts(tensor(new[] { 40L, 7L }), 2).SameAs(counts.index_select(1, tensor(new[] { 40L, 7L }))));
    }

    [Fact]
    public void ExploringEachUserIsServedByOneMemberAndExploitingByTheMeanOfAll()
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(200, 8, 1, 1);
        using var agent = new BootstrappedAgent(toy.ContextFor(3), s_small);
        toy.Train(agent, 2);
        using var observation = toy.Observe();
        var outputs = agent.Heads.Outputs(agent.Heads.Features(agent.StatesOf(observation))).detach();
        for (var member = 1; member < 4; member++)
            Assert.False(outputs[member].allclose(outputs[0], 1e-2, 1e-2), "two members agree");

        var choices = outputs.argmax(2);
        var shown = agent.Recommend(observation, RecommendationMode.Explore).squeeze(1);
        Assert.True(choices.eq(shown).any(0).all().item<bool>(), "a slate is no member's");
        // Each member serves 50 of 200 users on average, standard deviation √(200 · ¼ · ¾) = 6.1; each must be seen where it differs from the others.
        for (var member = 0; member < 4; member++)
        {
            var alone = choices[member].eq(choices).sum([0]).eq(1);
            if (alone.sum().item<long>() >= 60) // Missed with a chance below .75⁶⁰ = 3·10⁻⁸.
                Assert.True(choices[member].eq(shown).logical_and(alone).any().item<bool>(), $"member {member} served nobody");
        }
        Assert.True(outputs.sigmoid().mean([0]).argmax(1).eq(agent.Recommend(observation, RecommendationMode.Exploit).squeeze(1)).all().item<bool>());
    }
}
