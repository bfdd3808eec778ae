using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Choices;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Choices;

public sealed class EngagementChoiceTests
{
    [Fact]
    public void TheEngagementIsLogNormalUpToTheLongest()
    {
        using var scope = NewDisposeScope();
        var choice = new EngagementChoice(.5);
        // The coins next to ½ and to Φ(1) = .8413447: exp(2)/100 = .0738906 and exp(2 + .5)/100 = .1218249; exp(9) is cut to 1.
        var responses = choice.Draw(tensor([2f, 2f, 9f]).reshape(1, 3), tensor([.5f, .8413447f, .5f]).reshape(1, 3), zeros(1));
        Assert.True(responses.sub(tensor([.0738906f, .1218249f, 1f])).abs().max().item<float>() < 1e-6);
    }

    [Theory]
    [InlineData(2.0, 1.0)]
    [InlineData(4.0, 1.0)] // About every fourth is cut: ln 100 = 4.605.
    [InlineData(0.0, .2)]
    [InlineData(7.0, 1.0)]
    public void TheMeanOfTheDrawsIsTheExpectation(double appeal, double deviation)
    {
        using var scope = NewDisposeScope();
        var choice = new EngagementChoice(deviation);
        var coins = new RandomStream(1, "coins").Uniform(0, CPU, 200_000, 1);
        var draws = choice.Draw(full([200_000, 1], (float)appeal), coins, zeros(200_000)).to_type(ScalarType.Float64);
        var expected = choice.Expected(full([1, 1], (float)appeal)).item<float>();
        var error = Math.Max(draws.std().item<double>() / Math.Sqrt(200_000), 1e-8);
        Assert.InRange(draws.mean().item<double>(), expected - (4 * error) - 1e-6, expected + (4 * error) + 1e-6);
    }

    [Fact]
    public void WithoutACutTheMeanIsThatOfTheLogNormal()
    {
        using var scope = NewDisposeScope();
        // exp(1 + .1²/2)/100: ln 100 = 4.605 lies 36 deviations above, where nothing is cut.
        Assert.Equal(Math.Exp(1.005) / 100, new EngagementChoice(.1).Expected(full([1, 1], 1f)).item<float>(), 1e-7);
    }
}
