using RecDeepRL.Agents.Neural;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class ParameterBlockTests
{
    private static readonly ParameterShape[] s_shapes = [new("first", 0.5, 40, 25), new("second", 2, 7)];

    [Fact]
    public void InitialValuesAreUniformWithinTheBoundOfEachTensor()
    {
        using var scope = NewDisposeScope();
        using var block = new ParameterBlock(s_shapes, CPU);
        block.Initialise(new RandomStream(1, "test"));
        var first = block["first"].detach();
        Assert.Equal([40, 25], first.shape);
        Assert.True(first.abs().max().item<float>() <= 0.5f);
        // 1000 draws from U(−.5, .5): deviation of the mean √(1/12/1000) = .00913, four of them .0365; the largest of 1000 is below .49 with chance .98^1000 < 2e-9.
        Assert.InRange(first.mean().item<float>(), -0.0365f, 0.0365f);
        Assert.True(first.abs().max().item<float>() > 0.49f);
        Assert.True(block["second"].detach().abs().max().item<float>() <= 2);
    }

    [Fact]
    public void TheSameStreamGivesTheSameValuesAndAnotherSeedOthers()
    {
        using var scope = NewDisposeScope();
        using var one = new ParameterBlock(s_shapes, CPU);
        using var same = new ParameterBlock(s_shapes, CPU);
        using var other = new ParameterBlock(s_shapes, CPU);
        one.Initialise(new RandomStream(1, "test"));
        same.Initialise(new RandomStream(1, "test"));
        other.Initialise(new RandomStream(2, "test"));
        Assert.True(TensorComparison.SameAs(one.Values, same.Values));
        Assert.False(TensorComparison.SameAs(one.Values, other.Values));
    }

    [Fact]
    public void AGradientIsThatOfThisBlockAloneAndZeroForWhatTheLossLeavesOut()
    {
        using var scope = NewDisposeScope();
        using var block = new ParameterBlock([new("used", 1, 2), new("unused", 1, 3)], CPU);
        using var other = new ParameterBlock([new("used", 1, 2)], CPU);
        other.Initialise(new RandomStream(1, "test"));
        // d/dw Σ w·o = o.
        var gradient = block.Gradient(block["used"].mul(other["used"]).sum());
        Assert.Equal([.. other.Values.data<float>(), 0f, 0f, 0f], gradient.data<float>().ToArray());
        Assert.Null(other["used"].grad);
    }

    [Fact]
    public void FollowingMovesTheGivenShareOfTheWay()
    {
        // (1 − .25) · 2 + .25 · 10 = 4; again: .75 · 4 + 2.5 = 5.5.
        using var target = new ParameterBlock([new("w", 1, 1)], CPU);
        using var online = new ParameterBlock([new("w", 1, 1)], CPU);
        target.Values.fill_(2);
        online.Values.fill_(10);
        target.Follow(online, 0.25);
        Assert.Equal(4, target.Values[0].item<float>(), 6);
        target.Follow(online, 0.25);
        Assert.Equal(5.5, target.Values[0].item<float>(), 6);
        Assert.Equal(10, online.Values[0].item<float>());
    }

    [Fact]
    public void FollowingInOnePassIsWhatTensorOperationsGive()
    {
        using var scope = NewDisposeScope();
        ParameterShape[] shapes = [new("w", 1, (1 << 14) + 3)];
        var (online, target, twin) = (new ParameterBlock(shapes, CPU), new ParameterBlock(shapes, CPU), new ParameterBlock(shapes, CPU));
        online.Initialise(new RandomStream(1, "online"));
        target.Initialise(new RandomStream(1, "target"));
        twin.CopyFrom(target);
        for (var step = 0; step < 5; step++)
        {
            target.Follow(online, 0.01);
            twin.FollowByTensorOperations(online, 0.01);
        }
        // Numbers below 1 that are rounded by 2⁻²⁴ twice in each of five steps.
        Assert.True(target.Values.sub(twin.Values).abs().max().item<float>() <= 10f / (1 << 24));
        foreach (var block in new[] { online, target, twin })
            block.Dispose();
    }

    [Fact]
    public void ParametersAreSavedByNameAndReadBackInPlace()
    {
        using var scope = NewDisposeScope();
        using var block = new ParameterBlock(s_shapes, CPU);
        block.Initialise(new RandomStream(1, "test"));
        var checkpoint = new MemoryCheckpoint();
        block.Save(checkpoint);
        using var other = new ParameterBlock(s_shapes, CPU);
        other.Load(checkpoint);
        Assert.Equal(["first", "second"], checkpoint.Tensors.Keys.Order(StringComparer.Ordinal));
        Assert.True(TensorComparison.SameAs(block.Values, other.Values));
        Assert.True(TensorComparison.SameAs(block["second"], other["second"]), "the leaves are views of the values");
    }
}
