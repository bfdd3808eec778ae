using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

public sealed class StateEncoderTests
{
    [Fact]
    public void RecentItemsAreAveragedByResponseAndPaddingAddsNothing()
    {
        using var scope = NewDisposeScope();
        using var toy = new ToyBandit(new float[2, 3], 1);
        using var scale = new FeatureScale(toy.Population, CPU);
        using var block = new ParameterBlock(StateEncoder.Shapes(toy.Spec, 2, usesUserIds: false), CPU);
        block.Initialise(new RandomStream(1, "test"));
        var encoder = new StateEncoder(block, scale, usesUserIds: false);
        // The points stand in for the embeddings: item 0 at (1, 0), item 1 at (0, 1), item 2 at (.5, −1).
        var points = tensor(new[,] { { 1f, 0f }, { 0f, 1f }, { 0.5f, -1f } });
        using var observation = new Observation
        {
            UserIds = arange(2, ScalarType.Int64),
            RecentItems = tensor(new[,] { { -1L, 0, 2, 1 }, { -1L, -1, -1, -1 } }),
            RecentResponses = tensor(new[,] { { 0f, 1, 1, 0 }, { 0f, 0, 0, 0 } }),
            Iteration = 0,
            DrawKey = 0,
        };

        var states = encoder.States(observation, points);

        // Liked: ((1, 0) + (.5, −1)) / 2 = (.75, −.5); not liked: (0, 1), the padding not counted. The user without a history: exactly zero.
        Assert.Equal(StateEncoder.Width(toy.Spec, 2, usesUserIds: false), states.shape[1]);
        Assert.Equal([0.75f, -0.5f, 0f, 1f, 0f, 0f, 0f, 0f], states.data<float>().ToArray());
    }

    [Fact]
    public void FeaturesComeWithMeanZeroAndDeviationOneAndAConstantOneAsZero()
    {
        using var scope = NewDisposeScope();
        // Column 0: 2 and 6, mean 4, deviation 2: −1 and 1. Column 1 is constant.
        using var population = new Population([0, 1], [0, 1, 2], tensor(new[,] { { 2f, 7f }, { 6f, 7f } }), tensor(new[,] { { 0f }, { 0f }, { 3f } }));
        using var scale = new FeatureScale(population, CPU);
        Assert.Equal([-1f, 0f, 1f, 0f], scale.Users(population.UserFeatures!).data<float>().ToArray());
        // 0, 0, 3: mean 1, deviation √2, so −.7071, −.7071, 1.4142.
        Assert.Equal([-0.7071f, -0.7071f, 1.4142f], scale.Items!.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
    }

    [Fact]
    public void ItemsLieInTheCubeAndMoveWithTheirFeatures()
    {
        using var scope = NewDisposeScope();
        using var population = new Population([0], [0, 1], null, tensor(new[,] { { -5f }, { 5f } }));
        using var toy = new ToyBandit(new float[1, 2], 1);
        var spec = toy.Spec with { ItemFeatureCount = 1 };
        using var scale = new FeatureScale(population, CPU);
        using var block = new ParameterBlock(StateEncoder.Shapes(spec, 1, usesUserIds: true), CPU);
        using (no_grad())
        {
            block["items.embedding"].fill_(0.5f);
            block["items.projection"].fill_(2);
        }
        // Standardised features are −1 and 1: tanh(.5 − 2) = −.9051, tanh(.5 + 2) = .9866.
        var points = new StateEncoder(block, scale, usesUserIds: true).Items().detach();
        Assert.Equal([-0.9051f, 0.9866f], points.data<float>().ToArray(), (a, b) => Math.Abs(a - b) < 1e-4);
    }
}
