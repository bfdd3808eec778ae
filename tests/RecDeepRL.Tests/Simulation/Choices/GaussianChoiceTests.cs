using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Choices;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Choices;

public sealed class GaussianChoiceTests
{
    [Fact]
    public void AResponseIsTheAppealPlusTheNormalQuantileOfTheCoin()
    {
        // The coins next to ½ and to Φ(1) = .8413447, Φ(−2) = .0227501.
        using var scope = NewDisposeScope();
        var responses = new GaussianChoice(.1).Draw(tensor([.3f, .3f, .6f]).reshape(1, 3), tensor([.5f, .8413447f, .0227501f]).reshape(1, 3), zeros(1));
        Assert.True(responses.sub(tensor([.3f, .4f, .4f])).abs().max().item<float>() < 1e-5);
        Assert.Equal(ScalarType.Float32, responses.dtype);
    }

    [Fact]
    public void MeanAndDeviationAreAsAsked()
    {
        // n = 200 000: the mean is within 4σ/√n, the deviation within 4σ/√(2n).
        using var scope = NewDisposeScope();
        const int n = 200_000;
        var choice = new GaussianChoice(.05);
        var appeal = full([n, 1], .4f);
        Assert.True(choice.Expected(appeal).SameAs(appeal));
        var draws = choice.Draw(appeal, new RandomStream(1, "coins").Uniform(0, CPU, n, 1), zeros(n)).to_type(ScalarType.Float64);
        Assert.InRange(draws.mean().item<double>(), .4 - (4 * .05 / Math.Sqrt(n)) - 1e-7, .4 + (4 * .05 / Math.Sqrt(n)) + 1e-7);
        Assert.InRange(draws.std().item<double>(), .05 * (1 - (4 / Math.Sqrt(2 * n))), .05 * (1 + (4 / Math.Sqrt(2 * n))));
    }

    [Fact]
    public void NoCoinReachesSixDeviations()
    {
        using var scope = NewDisposeScope();
        var coins = tensor([0f, 1 - (1f / (1 << 24))]).reshape(1, 2);
        Assert.True(new GaussianChoice(1).Draw(zeros(1, 2), coins, zeros(1)).abs().max().item<float>() < 6);
    }
}
