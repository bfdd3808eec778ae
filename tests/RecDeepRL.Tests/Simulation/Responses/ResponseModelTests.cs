using RecDeepRL.Core;
using RecDeepRL.Data;
using RecDeepRL.Simulation.Responses;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Responses;

public sealed class ResponseModelTests
{
    [Fact]
    public void ItemPopularityIsTheSameForEveryUserAndIteration()
    {
        using var scope = NewDisposeScope();
        using var model = new ItemPopularityModel([.75, .4, .1], CPU);
        Assert.True(model.IsStationary);
        Assert.Equal([.75f, .4f, .1f, .75f, .4f, .1f], model.Probabilities(tensor(new long[] { 5, 9 }), 3).data<float>().ToArray());
        Assert.Equal([.1f, .75f, .4f, .4f], Of(model, [5, 9], [[2, 0], [1, 1]], 100));
    }

    [Fact]
    public void ATableGivesEachPairItsOwnProbability()
    {
        using var scope = NewDisposeScope();
        using var model = new TableModel([.1f, .2f, .3f, .4f, .5f, .6f], 2, 3, CPU);
        Assert.True(model.IsStationary);
        Assert.Equal([.4f, .5f, .6f, .1f, .2f, .3f], model.Probabilities(tensor(new long[] { 1, 0 }), 0).data<float>().ToArray());
        Assert.Equal([.6f, .4f, .2f, .3f], Of(model, [1, 0], [[2, 0], [1, 2]], 7));
    }

    // c = iteration + 1, n = min(max(c − 5, 0), 10), popular .75 − .06 n, unpopular .1 + .06 n, the rest .4.
    [Theory]
    [InlineData(0, .75, .10)] // c = 1, n = 0
    [InlineData(4, .75, .10)] // c = 5, n = 0
    [InlineData(5, .69, .16)] // c = 6, n = 1
    [InlineData(9, .45, .40)] // c = 10, n = 5
    [InlineData(10, .39, .46)] // c = 11, n = 6: the best item changes
    [InlineData(13, .21, .64)] // c = 14, n = 9
    [InlineData(14, .15, .70)] // c = 15, n = 10
    [InlineData(15, .15, .70)] // c = 16, n stays 10
    [InlineData(30, .15, .70)] // c = 31, the final evaluation
    public void DriftFollowsTheOriginalsCounter(long iteration, double popular, double unpopular)
    {
        using var scope = NewDisposeScope();
        using var model = new DriftingPopularityModel(Items(.75, .4, .1), CPU);
        Assert.False(model.IsStationary);
        var all = model.Probabilities(tensor(new long[] { 0, 1 }), iteration).data<float>().ToArray();
        float[] expected = [(float)popular, .4f, (float)unpopular];
        for (var place = 0; place < 6; place++)
            Assert.Equal(expected[place % 3], all[place], 1e-7);
        Assert.Equal(all, Of(model, [0, 1], [[0, 1, 2], [0, 1, 2]], iteration));
    }

    [Fact]
    public void DriftIsComputedInDoubleAndRoundedOnce()
    {
        using var scope = NewDisposeScope();
        using var model = new DriftingPopularityModel(Items(.75, .4, .1), CPU);
        // n = 7: 0.1 + 0.06 · 7 in double, then rounded. In float32 all the way it would be 0.1f + 0.06f · 7 = 0.52000004.
        Assert.Equal((float)(.1 + (.06 * 7)), Of(model, [0], [[2]], 11)[0]);
    }

    [Fact]
    public void DriftStaysWithinZeroAndOne()
    {
        using var scope = NewDisposeScope();
        using var model = new DriftingPopularityModel(Items(.3, .4, .8), CPU);
        // n = 10: .3 − .6 and .8 + .6 are clipped.
        Assert.Equal([0f, .4f, 1f], Of(model, [0], [[0, 1, 2]], 20));
    }

    [Fact]
    public void NoUsersGetNoProbabilities()
    {
        using var scope = NewDisposeScope();
        var nobody = zeros([0], ScalarType.Int64);
        foreach (var model in new IResponseModel[] { new ItemPopularityModel([.5], CPU), new DriftingPopularityModel(Items(.7, .4, .1), CPU), new TableModel([.5f], 1, 1, CPU) })
        {
            using (model)
            {
                Assert.Equal([0L, 2L], model.Probabilities(nobody, zeros([0, 2], ScalarType.Int64), 0).shape);
                Assert.Equal(0L, model.Probabilities(nobody, 0).shape[0]);
            }
        }
    }

    private static ItemPopularity Items(params double[] popularity) => new()
    {
        ItemKeys = [0, 1, 2],
        Popularity = popularity,
        IsPopular = [true, false, false],
        IsUnpopular = [false, false, true],
    };

    private static float[] Of(IResponseModel model, long[] users, long[][] items, long iteration)
    {
        using var ids = tensor(users);
        using var slates = tensor(items.SelectMany(row => row).ToArray(), [users.Length, items[0].Length]);
        using var probabilities = model.Probabilities(ids, slates, iteration);
        return probabilities.data<float>().ToArray();
    }
}
