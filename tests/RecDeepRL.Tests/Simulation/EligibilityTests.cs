using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Environments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class EligibilityTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recdeeprl-eligibility-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("pairs.csv")]
    [InlineData("pairs.parquet")]
    public void ExactlyThePairsOfTheTableMayBeShown(string name)
    {
        // Users 5 and 9 have the ids 0 and 1, items 20, 30 and 40 the ids 0 to 2; user 7 and item 50 are not of this population.
        using var population = new Population([5, 9], [20, 30, 40]);
        var path = Write(name, [9, 5, 9, 7, 5, 5], [40, 20, 20, 30, 50, 20]);
        Assert.Equal([true, false, false, true, false, true], Eligibility.Read(path, population, 1));
    }

    [Fact]
    public void AUserWithTooFewItemsIsNamed()
    {
        using var population = new Population([5, 9], [20, 30, 40]);
        var path = Write("pairs.csv", [9, 5, 9], [40, 20, 20]);
        Assert.Equal(
            $"{path} allows user 5 1 of the items, a slate shows 2. Every user needs at least as many as a slate shows; add rows (user_idx, item_idx), or lower slateSize.",
            Assert.Throws<UserMistakeException>(() => Eligibility.Read(path, population, 2)).Message);
    }

    [Fact]
    public void TablesThatTellNoPairsAreRefused()
    {
        using var population = new Population([0, 1], [0, 1]);
        Assert.Contains("eligibility was 'absent.parquet', where there is no file", Refusal("absent.parquet"), StringComparison.Ordinal);
        File.WriteAllText(PathOf("names.csv"), "user_idx,item_idx\nanna,1\n");
        Assert.Contains("Column 'user_idx' of", Refusal(PathOf("names.csv")), StringComparison.Ordinal);
        File.WriteAllText(PathOf("other.csv"), "user,item\n0,1\n");
        Assert.Contains("has no column 'user_idx'", Refusal(PathOf("other.csv")), StringComparison.Ordinal);

        string Refusal(string path) => Assert.Throws<UserMistakeException>(() => Eligibility.Read(path, population, 1)).Message;
    }

    [Fact]
    public void AnEnvironmentShowsOnlyThesePairsAndNeverOthers()
    {
        using var scope = NewDisposeScope();
        var (users, items) = ByParity(40, 6);
        using var environment = Create(Write("pairs.parquet", users, items));
        for (var round = 0; round < 3; round++)
        {
            var observation = environment.Observe();
            Assert.True(observation.EligibleItems!.SameAs(observation.UserIds.unsqueeze(1).remainder(2).eq(arange(6, ScalarType.Int64).remainder(2))));
            Assert.Throws<ArgumentException>(() => environment.Step(observation.UserIds.add(1).remainder(2).unsqueeze(1)));
            environment.Step(observation.UserIds.remainder(2).unsqueeze(1));
        }
    }

    [Fact]
    public void TheFingerprintTellsWhichPairsAreAllowed()
    {
        var (users, items) = ByParity(40, 6);
        string[] fingerprints =
        [
            Fingerprint(null),
            Fingerprint(Write("pairs.csv", users, items)),
            Fingerprint(Write("reversed.parquet", [.. users.Reverse()], [.. items.Reverse()])),
            Fingerprint(Write("more.csv", [.. users, 0], [.. items, 1])),
        ];
        Assert.Equal(fingerprints[1], fingerprints[2]); // The same pairs in another order and format.
        Assert.Equal(3, fingerprints.Distinct().Count());

        string Fingerprint(string? path)
        {
            using var environment = Create(path);
            return environment.Spec.PopulationFingerprint;
        }
    }

    private static (long[] Users, long[] Items) ByParity(int users, int items)
    {
        var pairs = (from user in Enumerable.Range(0, users) from item in Enumerable.Range(0, items) where (user - item) % 2 == 0 select (User: (long)user, Item: (long)item)).ToList();
        return ([.. pairs.Select(pair => pair.User)], [.. pairs.Select(pair => pair.Item)]);
    }

    private static IEnvironment Create(string? path) =>
        EnvironmentRegistry.Find("popular").Create(new(1, CPU, null), new PopularOptions { Users = 40, Items = 6, Eligibility = path });

    private string Write(string name, long[] users, long[] items)
    {
        TableFile.Write(PathOf(name), new DataTable([new IntegerColumn("user_idx", users), new IntegerColumn("item_idx", items)]));
        return PathOf(name);
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
