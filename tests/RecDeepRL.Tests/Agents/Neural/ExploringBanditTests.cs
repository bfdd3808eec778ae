using RecDeepRL.Agents.Exploration;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>The forward passes of two-tower and neural-cf, each pair by itself as its page writes it down, and exploration around them.</summary>
public sealed class ExploringBanditTests
{
    private static readonly float[,] s_features = { { 1, -2 }, { 0.5f, 0 }, { -1.5f, 2 } };

    [Theory]
    [InlineData(TowerSimilarity.Product)]
    [InlineData(TowerSimilarity.Cosine)]
    public void TwoTowersMeetInTheirVectors(TowerSimilarity similarity)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 4], 2, s_features);
        using var agent = new TwoTowerAgent(toy.ContextFor(3), new TwoTowerOptions { HiddenSize = 5, EmbeddingSize = 3, UserIds = true, History = false, Similarity = similarity, CosineFactor = 7 });
        using var observation = toy.Observe();
        var outputs = agent.Outputs(observation).detach();
        Assert.Equal([3, 4], outputs.shape);
        for (var user = 0; user < 3; user++)
        {
            for (var item = 0; item < 4; item++)
            {
                var u = Tower("users", cat([Standardised(user), agent.Parameters["users.embedding"][user]]));
                var i = Tower("items", agent.Parameters["items.embedding"][item].tanh());
                var product = u.dot(i).item<float>();
                var near = similarity == TowerSimilarity.Cosine ? 7 * product / (u.norm().item<float>() * i.norm().item<float>()) : product / Math.Sqrt(3);
                Assert.Equal(near + agent.Parameters["biases"][item].item<float>(), outputs[user, item].item<float>(), 4);
            }
        }

        Tensor Tower(string name, Tensor input)
        {
            var hidden = agent.Parameters[name + ".0.weight"].matmul(input).add(agent.Parameters[name + ".0.bias"]).clamp_min(0);
            return agent.Parameters[name + ".1.weight"].matmul(hidden).add(agent.Parameters[name + ".1.bias"]);
        }
    }

    [Fact]
    public void NeuMfAddsAFactorisationToANetworkOnEmbeddingsOfItsOwn()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 4], 2, s_features);
        using var agent = new NeuralCfAgent(toy.ContextFor(3), new NeuralCfOptions { HiddenSize = 5, EmbeddingSize = 3 });
        using var observation = toy.Observe();
        var outputs = agent.Outputs(observation).detach();
        Assert.Equal([3, 4], outputs.shape);
        for (var user = 0; user < 3; user++)
        {
            for (var item = 0; item < 4; item++)
            {
                var product = User("product", user).mul(agent.Parameters["product.items.embedding"][item]).dot(agent.Parameters["product.weight"]);
                var first = agent.Parameters["network.state.weight"].matmul(User("network", user)).add(agent.Parameters["network.state.bias"])
                    .add(agent.Parameters["network.item.weight"].matmul(agent.Parameters["network.items.embedding"][item])).clamp_min(0);
                var second = agent.Parameters["network.hidden.weight"].matmul(first).add(agent.Parameters["network.hidden.bias"]).clamp_min(0);
                var network = agent.Parameters["network.output.weight"].matmul(second).add(agent.Parameters["network.output.bias"]);
                Assert.Equal((product + network).item<float>(), outputs[user, item].item<float>(), 4);
            }
        }

        Tensor User(string part, int user) => agent.Parameters[part + ".users.embedding"][user].add(agent.Parameters[part + ".users.projection"].matmul(Standardised(user)));
    }

    [Theory]
    [InlineData("two-tower")]
    [InlineData("neural-cf")]
    public void SlotsOfTheBufferGetTheOutputsOfTheirUsersAndItems(string name)
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 4], 2, s_features);
        using ExploringBandit agent = name == "two-tower"
            ? new TwoTowerAgent(toy.ContextFor(3), new TwoTowerOptions { HiddenSize = 5, EmbeddingSize = 3, StepsPerTraining = 2 })
            : new NeuralCfAgent(toy.ContextFor(3), new NeuralCfOptions { HiddenSize = 5, EmbeddingSize = 3, StepsPerTraining = 2 });
        toy.Train(agent, 2);
        var batch = agent.Replay.Take(arange(6, ScalarType.Int64));
        Assert.True(agent.Outputs(batch).allclose(agent.Outputs(batch.Observation).gather(1, batch.Items), 1e-5, 1e-6));
    }

    [Fact]
    public void SoftmaxExplorationDrawsInProportionToTheEstimates()
    {
        // Everybody is alike and nothing is trained, so all users draw from one distribution: exp(estimate / temperature), normalised.
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[4000, 5], 1);
        using var agent = new TwoTowerAgent(toy.ContextFor(3), new TwoTowerOptions { HiddenSize = 5, EmbeddingSize = 3, Warmup = 0, Exploration = ExplorationMethod.Softmax, Temperature = 0.2 });
        using var observation = toy.Observe();
        var estimates = agent.Outputs(observation).detach()[0].sigmoid().to_type(ScalarType.Float64);
        var expected = estimates.div(0.2).softmax(0).data<double>().ToArray();
        var shown = agent.Recommend(observation, RecommendationMode.Explore).squeeze(1).data<long>().ToArray();
        Chance.AssertFrequencies([.. Enumerable.Range(0, 5).Select(item => shown.LongCount(one => one == item))], expected);
    }

    private static Tensor Standardised(int user)
    {
        var features = tensor(s_features);
        var mean = features.mean([0]);
        return features[user].sub(mean).div(features.sub(mean).square().mean([0]).sqrt());
    }
}
