using RecDeepRL.Agents.Neural;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class PairNetworkTests
{
    [Fact]
    public void TheSplitFirstLayerEqualsOneLayerOnStateAndItemSideBySide()
    {
        using var scope = NewDisposeScope();
        using var block = new ParameterBlock(PairNetwork.Shapes("q", 3, 2, 5), CPU);
        block.Initialise(new RandomStream(1, "test"));
        var network = new PairNetwork(block, "q");
        var stream = new RandomStream(2, "inputs");
        var states = stream.Normal(0, CPU, 4, 3);
        var items = stream.Normal(1, CPU, 6, 2);

        var all = network.Value(network.ProjectState(states).unsqueeze(1), network.ProjectItem(items));

        Assert.Equal([4, 6], all.shape);
        var weight = cat([block["q.state.weight"], block["q.item.weight"]], 1);
        for (var user = 0; user < 4; user++)
        {
            for (var item = 0; item < 6; item++)
            {
                var first = functional.relu(functional.linear(cat([states[user], items[item]]), weight, block["q.state.bias"]));
                var second = functional.relu(functional.linear(first, block["q.hidden.weight"], block["q.hidden.bias"]));
                var expected = functional.linear(second, block["q.output.weight"], block["q.output.bias"]).item<float>();
                Assert.Equal(expected, all[user, item].item<float>(), 5);
            }
        }
        var own = items.index_select(0, tensor(new long[] { 5, 0, 2, 2 }));
        var one = network.OfOneItem(states, own);
        Assert.Equal([4], one.shape);
        Assert.Equal(all[0, 5].item<float>(), one[0].item<float>(), 5);
        Assert.Equal(all[3, 2].item<float>(), network.OfItems(states, own.unsqueeze(1))[3, 0].item<float>(), 5);
    }

    [Fact]
    public void APerceptronIsLinearAfterItsLastLayerAndRectifiedBefore()
    {
        // One input, one hidden unit: y = 3 · max(0, 2x − 1) − 4. x = 2: 3 · 3 − 4 = 5. x = 0: −4.
        using var scope = NewDisposeScope();
        using var block = new ParameterBlock(Perceptron.Shapes("p", 1, 1, 1), CPU);
        block.Values.copy_(tensor(new[] { 2f, -1f, 3f, -4f }));
        var outputs = new Perceptron(block, "p", 2).Forward(tensor(new[,] { { 2f }, { 0f } }));
        Assert.Equal([5f, -4f], outputs.data<float>().ToArray());
    }
}
