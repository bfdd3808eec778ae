using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core;

public sealed class PopulationTests
{
    [Fact]
    public void EqualPopulationsHaveEqualFingerprints()
    {
        using var first = Make();
        using var second = Make();
        Assert.Equal(first.Fingerprint, second.Fingerprint);
        Assert.Matches("^[0-9a-f]{16}$", first.Fingerprint);
    }

    [Fact]
    public void WhateverDiffersShowsInTheFingerprint()
    {
        using var scope = NewDisposeScope();
        float[,] changed = { { 1, 2 }, { 3, 4.0000005f } };
        var populations = new[]
        {
            Make(), Make(users: [7, 9]), Make(users: [8, 7]), Make(items: [1, 2, 4]), Make([7, 8, 1], [2, 3], null), Make(features: null),
            Make(features: changed), new Population([7, 8], [1, 2, 3], itemFeatures: zeros(3, 1)), new Population([7, 8], [1, 2, 3], userFeatures: zeros(2, 1)),
        };
        Assert.Equal(populations.Length, populations.Select(population => population.Fingerprint).Distinct().Count());
        foreach (var population in populations)
            population.Dispose();
    }

    [Fact]
    public void FeaturesOfViewsAreReadInTheirOwnOrder()
    {
        using var scope = NewDisposeScope();
        using var plain = new Population([7, 8], [1], tensor(new float[,] { { 1, 3 }, { 2, 4 } }));
        using var transposed = new Population([7, 8], [1], tensor(new float[,] { { 1, 2 }, { 3, 4 } }).t());
        Assert.Equal(plain.Fingerprint, transposed.Fingerprint);
    }

    [Fact]
    public void FeaturesOutliveTheScopeTheyWereMadeIn()
    {
        Population population;
        using (NewDisposeScope())
            population = new Population([7, 8], [1, 2, 3], ones(2, 4), ones(3, 5));
        Assert.Equal([2, 4], population.UserFeatures!.shape);
        Assert.Equal([3, 5], population.ItemFeatures!.shape);
        Assert.Equal((2, 3), (population.UserCount, population.ItemCount));
        population.Dispose();
    }

    [Fact]
    public void FeaturesOfAnotherNumberOfUsersOrItemsAreRefused()
    {
        using var scope = NewDisposeScope();
        Assert.StartsWith(
            "userFeatures has shape [3, 4], expected [2, any] (users, features).",
            Assert.Throws<ArgumentException>(() => new Population([7, 8], [1], zeros(3, 4))).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Population([7, 8], [1], itemFeatures: zeros(2, 4)));
    }

    private static Population Make(long[]? users = null, long[]? items = null) => Make(users, items, new float[,] { { 1, 2 }, { 3, 4 } });

    private static Population Make(float[,]? features) => Make(null, null, features);

    private static Population Make(long[]? users, long[]? items, float[,]? features) =>
        new(users ?? [7, 8], items ?? [1, 2, 3], features is null ? null : tensor(features));
}
