using RecDeepRL.Agents.Neural;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class AdamTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void TwentyStepsEqualThoseOfTheLibrary(double weightDecay)
    {
        using var scope = NewDisposeScope();
        using var block = new ParameterBlock([new ParameterShape("w", 1, 3, 2), new ParameterShape("b", 1, 2)], CPU);
        block.Initialise(new RecDeepRL.Core.Randomness.RandomStream(3, "test"));
        var weight = new TorchSharp.Modules.Parameter(block["w"].detach().clone());
        var bias = new TorchSharp.Modules.Parameter(block["b"].detach().clone());
        using var library = optim.AdamW([weight, bias], lr: 0.01, weight_decay: weightDecay);
        using var own = new Adam(block, 0.01, weightDecay);
        var input = tensor(new float[,] { { 1, -2, 0.5f }, { 0.3f, 4, -1 } });

        for (var step = 0; step < 20; step++)
        {
            library.zero_grad();
            input.matmul(weight).add(bias).sub(step * 0.1f).square().sum().backward();
            library.step();
            own.Minimise(input.matmul(block["w"]).add(block["b"]).sub(step * 0.1f).square().sum(), block);
        }

        // Both compute in float32; 20 steps of at most 0.01 leave a few units in the last place, below 1e-6.
        Assert.True(block["w"].sub(weight).abs().max().item<float>() < 1e-6f);
        Assert.True(block["b"].sub(bias).abs().max().item<float>() < 1e-6f);
        Assert.True(block["w"].grad is null, "the gradient goes past the leaves");
    }

    [Fact]
    public void TheFirstStepIsTheLearningRateAgainstTheSignOfTheGradient()
    {
        // m̂ = g and v̂ = g², so w moves by lr · g/|g|: 0.1 down for g = 5, 0.1 up for g = −0.2.
        using var scope = NewDisposeScope();
        using var block = new ParameterBlock([new ParameterShape("w", 1, 2)], CPU);
        using var adam = new Adam(block, 0.1);
        adam.Step(block.Values, tensor(new[] { 5f, -0.2f }));
        Assert.Equal([-0.1f, 0.1f], block.Values.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 0.25)]
    public void OnePassOverMemoryIsWhatTensorOperationsGive(double weightDecay, double share)
    {
        using var scope = NewDisposeScope();
        // Two slices, the second of which fills no vector.
        ParameterShape[] shapes = [new("w", 1, (1 << 14) + 3)];
        using var block = new ParameterBlock(shapes, CPU);
        using var other = new ParameterBlock(shapes, CPU);
        var stream = new RecDeepRL.Core.Randomness.RandomStream(3, "test");
        block.Initialise(stream);
        other.CopyFrom(block);
        using var pass = new Adam(block, 0.01, weightDecay);
        using var operations = new Adam(other, 0.01, weightDecay) { ByTensorOperations = true };
        for (var step = 1; step <= 20; step++)
        {
            var gradient = stream.Normal(step, CPU, block.Values.shape[0]);
            pass.Step(block.Values, gradient, share);
            operations.Step(other.Values, gradient, share);
        }
        // Values up to 1 and twenty steps of up to .01, each of a few operations that round by 2⁻²⁴: whether a product is rounded before it is added, machines differ in.
        Assert.True(block.Values.sub(other.Values).abs().max().item<float>() < 1e-6f);
        Assert.False(TensorComparison.SameAs(block.Values, zeros_like(block.Values)));
    }

    [Fact]
    public void ASavedStateGoesOnAsTheOriginalWould()
    {
        using var scope = NewDisposeScope();
        using var block = new ParameterBlock([new ParameterShape("w", 1, 2)], CPU);
        using var original = new Adam(block, 0.1);
        original.Step(block.Values, tensor(new[] { 5f, -0.2f }));
        var checkpoint = new MemoryCheckpoint();
        original.Save(checkpoint);
        using var other = new ParameterBlock([new ParameterShape("w", 1, 2)], CPU);
        other.CopyFrom(block);
        using var restored = new Adam(other, 0.1);
        restored.Load(checkpoint);

        original.Step(block.Values, ones(2));
        restored.Step(other.Values, ones(2));
        Assert.True(TensorComparison.SameAs(block.Values, other.Values));
    }
}
