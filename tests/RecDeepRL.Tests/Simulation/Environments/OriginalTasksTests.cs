using RecDeepRL.Core;
using RecDeepRL.Simulation;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Environments;

/// <summary>The environments on the original's data against the figures that are known about the original's tasks, as exact expectations.</summary>
public sealed class OriginalTasksTests
{
    // Random is the mean over all items, the best fixed list the K best items on average, the oracle each user's K best; digits as known.
    [SkippableTheory]
    [InlineData("task1", 0, 5000, 10, 1, .415, .75, .75, .0005)]
    [InlineData("task2", 0, 3000, 10, 1, .525, .892, .9307, .0005)]
    [InlineData("task3", 30, 5000, 10, 1, .415, .70, .70, .0005)]
    [InlineData("task4", 0, 6040, 1000, 10, 3.114, 3.4525, 7.493, .0005)]
    public void BoundsAreTheOriginals(string alias, long iteration, int users, int items, int slots, double random, double fixedList, double oracle, double tolerance)
    {
        var folder = OriginalData.Require();
        using var scope = NewDisposeScope();
        using var environment = EnvironmentRegistry.Find(alias).Create(new EnvironmentContext(1, CPU, folder));
        Assert.Equal((users, items, slots), (environment.Spec.UserCount, environment.Spec.ItemCount, environment.Spec.SlateSize));
        using var everyone = environment.ObserveAll(0);
        var truth = ((ITruth)environment).ExpectedResponses(everyone.UserIds, iteration).to_type(ScalarType.Float64);
        Assert.Equal(random, slots * truth.mean().item<double>(), tolerance);
        Assert.Equal(fixedList, truth.mean([0L]).topk(slots).values.sum().item<double>(), tolerance);
        Assert.Equal(oracle, truth.topk(slots, dim: 1).values.sum(1).mean().item<double>(), tolerance);
    }

    [SkippableFact]
    public void TheBestItemOfTaskTwoIsTheGodfather()
    {
        var folder = OriginalData.Require();
        using var scope = NewDisposeScope();
        using var environment = EnvironmentRegistry.Find("context").Create(new EnvironmentContext(1, CPU, folder));
        using var everyone = environment.ObserveAll(0);
        var best = (int)((ITruth)environment).ExpectedResponses(everyone.UserIds, 0).mean([0L]).argmax().item<long>();
        Assert.Equal(858, environment.Population.ItemKeys[best]);
        Assert.Equal("Godfather, The", environment.Population.ItemTitles[best]);
        Assert.Equal([2L, 356, 858, 952, 1068, 1270, 1721, 2571, 2706, 2959], environment.Population.ItemKeys);
    }

    [SkippableFact]
    public void TheFirstTasksItemsAreTheOriginals()
    {
        var folder = OriginalData.Require();
        using var scope = NewDisposeScope();
        using var environment = EnvironmentRegistry.Find("popular").Create(new EnvironmentContext(1, CPU, folder));
        Assert.Equal(
            [.4f, .1f, .75f, .4f, .1f, .4f, .75f, .1f, .75f, .4f],
            ((ITruth)environment).ExpectedResponses(zeros([1], ScalarType.Int64), 0).data<float>().ToArray());
    }

    [SkippableFact]
    public void TheBestFixedItemOfTaskThreeEarnsWhatIsKnownOverTheLoop()
    {
        var folder = OriginalData.Require();
        using var scope = NewDisposeScope();
        using var environment = EnvironmentRegistry.Find("drift").Create(new EnvironmentContext(1, CPU, folder));
        var user = zeros([1], ScalarType.Int64);
        var rounds = stack(Enumerable.Range(0, 30).Select(iteration => ((ITruth)environment).ExpectedResponses(user, iteration)[0].to_type(ScalarType.Float64)));
        // An unpopular item: c = 1…5 .10, c = 6…14 .10 + .06 n for n = 1…9, c = 15…30 .70: (.5 + .9 + .06 · 45 + 16 · .7) / 30 = 15.3 / 30.
        Assert.Equal(.510, rounds.mean([0L]).max().item<double>(), 1e-6);
        // The best of each round: popular .75 five times, then .69, .63, .57, .51, .45, then unpopular .46, .52, .58, .64, then .70: 20 / 30.
        Assert.Equal(20.0 / 30, rounds.amax([1L]).mean().item<double>(), 1e-6);
    }

    [SkippableFact]
    public void SizesThatTheFilesDoNotHoldAreRefused()
    {
        var folder = OriginalData.Require();
        var context = new EnvironmentContext(1, CPU, folder);
        var fault = Assert.Throws<UserMistakeException>(() => EnvironmentRegistry.Find("context").Create(context, new RecDeepRL.Simulation.Environments.ContextOptions { Users = 100 }));
        Assert.Equal($"users was 100, but the data in {folder} holds 3000. Leave users out, or set it to 3000.", fault.Message);
        Assert.Throws<UserMistakeException>(() => EnvironmentRegistry.Find("popular").Create(context, new RecDeepRL.Simulation.Environments.PopularOptions { Items = 11 }));
    }

    [SkippableFact]
    public void FeaturesOfTaskFourComeFromMovieLens()
    {
        var folder = OriginalData.Require();
        using var scope = NewDisposeScope();
        using var environment = EnvironmentRegistry.Find("personal").Create(
            new EnvironmentContext(1, CPU, folder), new RecDeepRL.Simulation.Environments.PersonalOptions { Features = true });
        // Users: female, age and 21 occupations. Items: year and 18 genres.
        Assert.Equal((23, 19), (environment.Spec.UserFeatureCount, environment.Spec.ItemFeatureCount));
        // User 1 is F, 1, 10: female, the least age, occupation 10 in column 2 + 10.
        var first = environment.Population.UserFeatures![0].data<float>().ToArray();
        Assert.Equal([0, 12], Enumerable.Range(0, 23).Where(column => first[column] != 0));
        // Item 1 is Animation, Children's, Comedy.
        var item = environment.Population.ItemFeatures![0].data<float>().ToArray();
        Assert.Equal(["Animation", "Children's", "Comedy"], environment.Population.ItemFeatureNames.Where((name, column) => name != "year" && item[column] == 1));
        Assert.Equal(1f, environment.Population.ItemFeatures![.., 0].max().item<float>());
        Assert.Equal(0f, environment.Population.UserFeatures![.., 1].min().item<float>());
    }
}
