using RecDeepRL.Core;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Environments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Environments;

public sealed class LinearEnvironmentTests
{
    [Theory]
    [InlineData(null, 10)]
    [InlineData(3, 3)]
    [InlineData(1, 1)]
    public void TheTruthIsLinearInAsManyFeaturesAsAskedWithWeightsOfLengthOne(int? active, int expected)
    {
        using var scope = NewDisposeScope();
        using var environment = Make(new LinearOptions { Users = 300, ActiveFeatures = active });
        var truth = ((ITruth)environment).ExpectedResponses(arange(300, ScalarType.Int64), 0).to_type(ScalarType.Float64);
        var features = environment.Population.UserFeatures!.to_type(ScalarType.Float64);
        var inputs = cat([ones(300, 1, ScalarType.Float64), features], 1);
        var weights = linalg.lstsq(inputs, truth).Solution; // [11, 8]
        Assert.True(inputs.matmul(weights).sub(truth).abs().max().item<double>() < 1e-6);
        // The affine map has one slope for all items: all weight vectors have the same length, that of the slope.
        var slopes = weights.narrow(0, 1, 10);
        var lengths = slopes.square().sum([0]).sqrt();
        Assert.True(lengths.sub(lengths[0]).abs().max().item<double>() < 1e-5);
        Assert.All(slopes.abs().gt(1e-5).sum([0]).data<long>().ToArray(), count => Assert.Equal(expected, count));
        // Six deviations of .05 beyond the lowest and the highest mean: their places in [0, 1] tell the slope, 1/(high − low + .6).
        var slope = lengths[0].item<double>();
        Assert.Equal(.3 * slope, truth.min().item<double>(), 1e-5);
        Assert.Equal(1 - (.3 * slope), truth.max().item<double>(), 1e-5);
    }

    [Fact]
    public void MoreActiveFeaturesThanFeaturesAreRefused() =>
        Assert.Equal(
            "activeFeatures was 11, must be at most the number of features, which is 10.",
            Assert.Throws<UserMistakeException>(() => Make(new LinearOptions { ActiveFeatures = 11 })).Message);

    [Fact]
    public void ResponsesAreNumbersInTheUnitInterval()
    {
        using var scope = NewDisposeScope();
        using var environment = Make(new LinearOptions { Users = 2000, Noise = 1, SlateSize = 8 });
        var responses = environment.Respond(environment.ObserveAll(1), arange(8, ScalarType.Int64).expand(2000, 8).clone(), 3);
        Assert.InRange(responses.min().item<float>(), 0, 1);
        Assert.InRange(responses.max().item<float>(), 0, 1);
    }

    private static IEnvironment Make(LinearOptions options) => EnvironmentRegistry.Find("linear").Create(new EnvironmentContext(1, CPU, null), options);
}
