using RecDeepRL.Agents.Neural;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>What is <c>sac</c>'s own; what it shares is held by <see cref="ActorCriticAgentTests"/>.</summary>
public sealed class SacAgentTests
{
    [Fact]
    public void TheFutureHasTheEntropyOfTheNextDrawBesideTheValueOfTheSlate()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[3, 3], 2);
        using var agent = (SacAgent)KnownNetworks.WithTarget("sac", toy, settings: "temperature=0.5");
        using var feedback = KnownNetworks.Round(toy, new float[3, 2], [true, false, false]);
        agent.Replay.Add(feedback);
        var batch = KnownNetworks.Rows(agent);
        var futures = agent.Futures(batch).data<float>().ToArray();
        var density = agent.NextDraw(batch).LogDensity.data<float>().ToArray();
        // γ · (1.3 − ½ · log π), and nothing after the end.
        Assert.Equal([0f, 0.9f * (1.3f - (0.5f * density[1])), 0.9f * (1.3f - (0.5f * density[2]))], futures, (one, other) => Math.Abs(one - other) < 1e-4);
        Assert.NotEqual(density[1], density[2]);
    }

    [Fact]
    public void TheDensityOfADrawIsThatOfTheSquashedGaussian()
    {
        using var scope = NewDisposeScope();
        // u = .3 + .5 · 1.2 = .9: log N = −.72 + .693147 − .918939 = −.945791; 1 − tanh²(.9) = .486917, its logarithm −.719661. So −.945791 + .719661 = −.226130.
        var (points, density) = SacAgent.Draw(tensor(new[,] { { 0.3f } }), tensor(new[,] { { MathF.Log(0.5f) } }), tensor(new[,] { { 1.2f } }));
        Assert.Equal(MathF.Tanh(0.9f), points.item<float>(), 5);
        Assert.Equal(-0.226130f, density.item<float>(), 4);
        // Where tanh is 1 to the last bit the density is still a number: 1 − tanh²(20) = 4e^−40, so −.918939 − .5 · 0 + 40 − 1.386294 = 37.694767.
        Assert.Equal(37.694767f, SacAgent.Draw(tensor(new[,] { { 20f } }), zeros(1, 1), zeros(1, 1)).LogDensity.item<float>(), 3);
    }

    [Fact]
    public void DensitiesOverTheCubeIntegrateToOne()
    {
        using var scope = NewDisposeScope();
        // Over the draws of a uniform grid of points a in (−1, 1): ∫ exp(log π(a)) da by the midpoint rule.
        const int Cells = 20_000;
        var grid = arange(Cells, ScalarType.Float64).add(0.5).mul(2.0 / Cells).sub(1);
        var (mean, deviation) = (0.4, 0.7);
        var luck = grid.atanh().sub(mean).div(deviation).to_type(ScalarType.Float32).unsqueeze(1);
        var (_, density) = SacAgent.Draw(full(Cells, 1, mean), full(Cells, 1, Math.Log(deviation)), luck);
        Assert.Equal(1, density.to_type(ScalarType.Float64).exp().mean().item<double>() * 2, 3);
    }

    [Theory]
    [InlineData(0.6, 1)]
    [InlineData(-6, -1)]
    public void TheTemperatureRisesWhileThePolicyHasTooLittleEntropyAndFallsWhileItHasTooMuch(double targetEntropy, int direction)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(20, 6, 1, 1);
        using var agent = KnownNetworks.Create(
            "sac", toy.ContextFor(1), "hiddenSize=8", "embeddingSize=3", "batchSize=16", "updatesPerIteration=5", "initialTemperature=0.1", FormattableString.Invariant($"targetEntropy={targetEntropy}"));
        toy.Train(agent, 4);
        agent.Diagnose();
        toy.Train(agent, 1);
        Assert.Equal(direction, Math.Sign(agent.Diagnose()["temperature"] - 0.1));
    }

    [Fact]
    public void AFixedTemperatureStays()
    {
        using var toy = ToyBandit.TwoGroups(20, 6, 1, 1);
        using var agent = KnownNetworks.Create("sac", toy.ContextFor(1), "hiddenSize=8", "embeddingSize=3", "batchSize=16", "updatesPerIteration=5", "temperature=0.25");
        toy.Train(agent, 2);
        Assert.Equal(0.25, agent.Diagnose()["temperature"], 6);
    }
}
