using RecDeepRL.Agents.Neural;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>The closed form of sums over squared gradients against gradients by autograd, one output at a time.</summary>
public sealed class GradientVarianceTests
{
    private const int Users = 5;
    private const int Items = 4;
    private const int Known = 2;
    private const int Embedding = 3;

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public void TheClosedFormEqualsAutograd(int layers, bool embedsUsers)
    {
        using var scope = NewDisposeScope();
        var options = new NeuralUcbOptions { HiddenSize = 6, HiddenLayers = layers, EmbeddingSize = Embedding };
        var width = Known + (embedsUsers ? Embedding : 0);
        ParameterShape[] users = embedsUsers ? [new("users.embedding", 1, Users, Embedding)] : [];
        using var block = new ParameterBlock([.. users, .. ItemHeads.Shapes("network", Toy.Spec(Users, Items, 2), options, width)], CPU);
        block.Initialise(new RandomStream(1, "test"));
        var heads = new ItemHeads(block, "network", layers);
        var stream = new RandomStream(2, "inputs");
        var known = stream.Normal(0, CPU, Users, Known);
        var ids = tensor(new[] { 3L, 0L, 4L, 1L, 2L });
        using var variance = new GradientVariance(heads, 0.5, embedsUsers ? Users : null, Known, Embedding, CPU);

        // What is shown: two items for each of the five users, told with weights of their own.
        var shown = stack([stream.Integers(1, 2, CPU, Users), stream.Integers(2, 2, CPU, Users).add(2)], 1);
        var weights = stream.Uniform(3, CPU, Users, 2).add(0.1);
        variance.Add(States(), ids, shown, outputs =>
        {
            Assert.Equal([Users, 2], outputs.shape);
            return weights;
        });
        var z = full(block.Values.shape, 0.5f);
        for (var user = 0; user < Users; user++)
            for (var slot = 0; slot < 2; slot++)
                z.add_(Gradient(user, shown[user, slot].item<long>()).square().mul(weights[user, slot]));

        var all = variance.Of(States().detach(), ids);
        Assert.Equal([Users, Items], all.shape);
        for (var user = 0; user < Users; user++)
            for (var item = 0; item < Items; item++)
                Assert.Equal(Gradient(user, item).square().div(z).sum().item<float>(), all[user, item].item<float>(), 1e-4 * all[user, item].item<float>());

        // Without what was shown: the squared length of the gradient over λ.
        variance.Reset();
        Assert.Equal(Gradient(1, 2).square().sum().item<float>() / 0.5, variance.Of(States().detach(), ids)[1, 2].item<float>(), 1e-4 * variance.Of(States().detach(), ids)[1, 2].item<float>());

        Tensor States() => embedsUsers ? cat([known, block["users.embedding"].index_select(0, ids)], 1) : known;
        Tensor Gradient(int user, long item) => block.Gradient(heads.Outputs(heads.Features(States()))[0, user, item]);
    }

    [Fact]
    public void OneHiddenUnitByHand()
    {
        // f = 3 · max(0, 2x − 1) − 4 at x = 2: hidden 3, slopes ∂f/∂(3) = 3, ∂f/∂(−4) = 1, ∂f/∂(2) = 3 · 2 = 6, ∂f/∂(−1) = 3: squares 9 + 1 + 36 + 9 = 55.
        // After one showing with w = 2 and λ = 1: 9/19 + 1/3 + 36/73 + 9/19. At x = 0 the unit is off: only the bias counts, 1/3.
        using var scope = NewDisposeScope();
        var options = new NeuralUcbOptions { HiddenSize = 1 };
        using var block = new ParameterBlock(ItemHeads.Shapes("network", Toy.Spec(2, 1, 1), options, 1), CPU);
        block.Values.copy_(tensor(new[] { 2f, -1f, 3f, -4f }));
        using var variance = new GradientVariance(new ItemHeads(block, "network", 1), 1, null, 0, 0, CPU);
        var states = tensor(new[,] { { 2f }, { 0f } });
        var ids = arange(2, ScalarType.Int64);
        using (no_grad())
        {
            variance.Of(states, ids).AssertNear(55, 1);
            variance.Add(states.narrow(0, 0, 1), ids.narrow(0, 0, 1), zeros([1, 1], ScalarType.Int64), outputs =>
            {
                outputs.AssertNear(5);
                return full_like(outputs, 2f);
            });
            variance.Of(states, ids).AssertNear((9.0 / 19) + (1.0 / 3) + (36.0 / 73) + (9.0 / 19), 1.0 / 3);
        }
    }
}
