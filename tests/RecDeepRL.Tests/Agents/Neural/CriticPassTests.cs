using RecDeepRL.Agents.Neural;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Tests.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>Passes over memory do what tensor operations do. The two add the same numbers up in another order: a sum of n numbers in float32 is off by at most
/// n · 2⁻²⁴ of the sum of their sizes, mostly by far less. What is compared here sums up to 160 numbers in a layer, and up to 1200 rows of a batch.</summary>
public sealed class CriticPassTests
{
    /// <summary>Some eighty roundings of float32 of the largest entry.</summary>
    private const double Rounding = 1e-5;

    /// <summary>Widths that fill vectors, that do not, that are less than one, and that are multiplied by tiles where vectors are long enough.</summary>
    public static TheoryData<int> Widths => [32, 33, 3, 128, 160];

    /// <summary>Each actor-critic with narrow layers and with wide ones.</summary>
    public static TheoryData<string, int> NetworksOfTwoWidths => new() { { "ddpg", 20 }, { "td3", 20 }, { "sac", 20 }, { "ddpg", 128 }, { "td3", 128 }, { "sac", 128 } };

    [Theory]
    [MemberData(nameof(Widths))]
    public void ValuesOfManyPairsAreThoseOfTensorOperations(int width)
    {
        using var scope = NewDisposeScope();
        using var block = Block(width);
        var network = new PairNetwork(block, "q");
        var stream = new RandomStream(2, "inputs");
        // 300 · 120 pairs of 32 numbers are nine blocks, the last of them smaller.
        var (states, items) = (stream.Normal(0, CPU, 300, width), stream.Normal(1, CPU, 120, width));
        var candidates = stream.Integers(2, 120, CPU, 300, 7);
        foreach (var (chosen, weights) in new (Tensor?, double[])[] { (null, [1, 0.7]), (candidates, [1, 0.7]), (null, [1, 0]), (candidates, [0, 3]) })
        {
            network.ByTensorOperations = false;
            var passes = network.WeightedSum(states, items, chosen, weights);
            network.ByTensorOperations = true;
            AssertClose(network.WeightedSum(states, items, chosen, weights), passes);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void SlopesOfManyPairsAreThoseOfAutograd(int width)
    {
        using var scope = NewDisposeScope();
        using var block = Block(width);
        var network = new PairNetwork(block, "q");
        var stream = new RandomStream(2, "inputs");
        foreach (var itemsPerState in new[] { 1, 4 })
        {
            var (states, items) = (stream.Normal(0, CPU, 300, width).requires_grad_(true), stream.Normal(1, CPU, 300, itemsPerState, width).requires_grad_(true));
            var towards = stream.Normal(2, CPU, 300, itemsPerState, 2);
            var outputs = network.Outputs(states.unsqueeze(1), items);
            string[] names = ["q.hidden.weight", "q.hidden.bias", "q.output.weight", "q.output.bias"];
            var expected = autograd.grad([outputs.mul(towards).square().mean()], [states, items, .. names.Select(name => block[name])]);

            var rows = network.Rows(states, items);
            AssertClose(outputs, rows.Outputs);
            var slopes = rows.Back(autograd.grad([rows.Outputs.mul(towards).square().mean()], [rows.Outputs])[0], ofLayers: true);
            AssertClose(expected[0], slopes.States);
            AssertClose(expected[1], slopes.Items);
            var named = network.Named(slopes).ToDictionary(one => one.Name, one => one.Slopes);
            foreach (var (name, place) in names.Select((name, place) => (name, place)))
                AssertClose(expected[place + 2], named[name]);
        }
    }

    [Fact]
    public void NoNumberStaysNoNumber()
    {
        using var scope = NewDisposeScope();
        using var block = Block(9);
        var network = new PairNetwork(block, "q");
        var states = ones(2, 9);
        // In the first vector of one state, and behind the last vector of the other.
        foreach (var place in new[] { 1, 8 })
        {
            using (no_grad())
                states[place == 1 ? 0 : 1, place] = float.NaN;
        }
        Assert.True(network.WeightedSum(states, ones(3, 9), null, 1, 1).isnan().all().item<bool>());
        Assert.True(network.Rows(states, ones(2, 3, 9)).Outputs.isnan().all().item<bool>());
    }

    [Theory]
    [MemberData(nameof(NetworksOfTwoWidths))]
    public void UpdatesMoveNetworksAsTensorOperationsDo(string name, int width)
    {
        using var scope = NewDisposeScope();
        string[] settings = [$"hiddenSize={width}", "embeddingSize=5", "batchSize=96", "updatesPerIteration=1", "returnSteps=2", "priorityExponent=0.6", "bootstrapCandidates=7", "grounding=0.5"];
        using var toy = ToyBandit.TwoGroups(120, 12, 3, 1);
        using var copy = ToyBandit.TwoGroups(120, 12, 3, 1);
        using var passes = KnownNetworks.Create(name, toy.ContextFor(5), settings);
        using var operations = KnownNetworks.Create(name, copy.ContextFor(5), settings);
        operations.Online.ByTensorOperations = operations.Target.ByTensorOperations = true;
        var starts = new[] { passes.Online.CriticParameters, passes.Online.ActorParameters, passes.Target.CriticParameters }.Select(block => block.Values.clone()).ToArray();
        toy.Train(passes, 6);
        copy.Train(operations, 6);
        var (one, other) = (passes.Diagnose(), operations.Diagnose());
        Assert.Equal(one.Keys, other.Keys);
        Assert.All(one, figure => Assert.InRange(figure.Value, other[figure.Key] - (1e-4 * Math.Max(1, Math.Abs(other[figure.Key]))), other[figure.Key] + (1e-4 * Math.Max(1, Math.Abs(other[figure.Key])))));
        // Adam divides a gradient by its size: of one that is nearly 0 it makes a whole step out of its rounding. So it is all of them together that have to agree.
        var ends = new[] { (passes.Online.CriticParameters, operations.Online.CriticParameters), (passes.Online.ActorParameters, operations.Online.ActorParameters), (passes.Target.CriticParameters, operations.Target.CriticParameters) };
        foreach (var ((moved, expected), start) in ends.Zip(starts))
        {
            var (apart, way) = (moved.Values.sub(expected.Values).norm().item<float>(), expected.Values.sub(start).norm().item<float>());
            Assert.True(way > 0 && apart <= 1e-3 * way, $"{apart} apart on a way of {way}");
        }
    }

    [Theory]
    [InlineData("ddpg", 1)]
    [InlineData("td3", 2)]
    public void SlopesOfPointsAreThoseOfAutograd(string name, int critics)
    {
        using var scope = NewDisposeScope();
        using var toy = ToyBandit.TwoGroups(60, 9, 2, 1);
        using var agent = KnownNetworks.Create(name, toy.ContextFor(1), "hiddenSize=20", "embeddingSize=5");
        var stream = new RandomStream(3, "points");
        using var observation = toy.Observe();
        var states = agent.Online.Encoder.States(observation, agent.Online.Encoder.Items()).detach();
        var points = stream.Normal(0, CPU, 60, 5);
        var (slopes, values) = agent.Online.SlopesOfPoints(states, points, critics);
        agent.Online.ByTensorOperations = true;
        var (expected, expectedValues) = agent.Online.SlopesOfPoints(states, points, critics);
        AssertClose(expected, slopes);
        AssertClose(expectedValues, values);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(128)]
    public void AnyNumberOfThreadsGivesTheSameSums(int width) => Assert.Equal(Sums(width, 1), Sums(width, 2));

    /// <summary>Slopes of the layers over 1200 rows, which are several slices.</summary>
    private static float[] Sums(int width, int threads)
    {
        using var scope = NewDisposeScope();
        using var block = Block(width);
        var stream = new RandomStream(2, "inputs");
        var sums = Array.Empty<float>();
        Threads.With(threads, () =>
        {
            var rows = new PairNetwork(block, "q").Rows(stream.Normal(0, CPU, 300, width), stream.Normal(1, CPU, 300, 4, width));
            var slopes = rows.Back(ones(300, 4, 2), ofLayers: true);
            sums = [.. slopes.HiddenBias!.data<float>(), .. slopes.Output!.reshape(-1).data<float>(), .. ProductTile.Suits(width) ? slopes.Hidden!.reshape(-1).data<float>().ToArray() : []];
        });
        return sums;
    }

    /// <summary>By tiles a pair's value does not depend on the pairs beside it, which products of libtorch do not promise.</summary>
    [SkippableFact]
    public void PartsOfManyStatesHaveTheValuesOfAll()
    {
        Skip.IfNot(ProductTile.Suits(128), "needs vectors of 512 bits");
        using var scope = NewDisposeScope();
        using var block = Block(128);
        var network = new PairNetwork(block, "q");
        var stream = new RandomStream(2, "inputs");
        var (states, items) = (stream.Normal(0, CPU, 301, 128), stream.Normal(1, CPU, 23, 128));
        var all = network.WeightedSum(states, items, null, 1, 0.7);
        var parts = cat([.. new[] { (0, 1), (1, 100), (101, 200) }.Select(part => network.WeightedSum(states.narrow(0, part.Item1, part.Item2), items, null, 1, 0.7))]);
        Assert.Equal(all.data<float>().ToArray(), parts.data<float>().ToArray());
    }

    private static ParameterBlock Block(int width)
    {
        var block = new ParameterBlock(PairNetwork.Shapes("q", 4, 4, width, outputs: 2), CPU);
        block.Initialise(new RandomStream(1, "test"));
        return block;
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        Assert.Equal(expected.shape, actual.shape);
        var (gap, largest) = (expected.sub(actual).abs().max().item<float>(), expected.abs().max().item<float>());
        Assert.True(largest > 0 && gap <= Rounding * largest, $"{gap} apart, of {largest}");
    }
}
