using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation.Environments;
using RecDeepRL.Tests.Experiments;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Environments;

public sealed class ComposedEnvironmentTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void TheDefaultsSpreadUsersAndItemsApart()
    {
        using var scope = NewDisposeScope();
        using var environment = Make();
        var truth = ((ITruth)environment).ExpectedResponses(arange(1000, ScalarType.Int64), 0);
        // The angle of two random directions of 8 features has a standard deviation of about 1/√8 around 90°: similarity .5 ± .11, so most
        // probabilities lie between those of .39 and .61, which are .11 and .52.
        Assert.InRange(truth.mean().item<float>(), .2f, .4f);
        Assert.InRange(truth.topk(5, 1).values.mean().item<float>(), .7f, .9f);
        // Tastes differ: the best fixed list is far from everybody's own.
        Assert.InRange(truth.mean([0L]).max().item<float>(), .2f, .5f);
        Assert.True(environment.Population.UserFeatures!.ge(-1f).logical_and(environment.Population.UserFeatures!.lt(1f)).all().item<bool>());
    }

    [Fact]
    public void UsersAndItemsAreReadFromFiles()
    {
        using var scope = NewDisposeScope();
        var users = Write("users.csv", "age,user_idx,city\n20,7,Rome\n30,3,Oslo\n40,5,Rome\n");
        var items = Write("items.csv", "item_idx,title,year,x\n11,Second,2.5,4\n10,First,1.5,3\n");
        using var environment = Make($"usersFile={users}", $"itemsFile={items}", "slateSize=2", """response=[{"kind":"logistic","userWeights":[0.1,-1,1],"bias":-3}]""");
        var population = environment.Population;
        Assert.Equal([3L, 5L, 7L], population.UserKeys);
        Assert.Equal(["age", "city=Oslo", "city=Rome"], population.UserFeatureNames);
        Assert.Equal([30, 1, 0, 40, 0, 1, 20, 0, 1], population.UserFeatures!.data<float>().ToArray());
        Assert.Equal(["First", "Second"], population.ItemTitles);
        Assert.Equal(["year", "x"], population.ItemFeatureNames);
        Assert.Equal([1.5f, 3, 2.5f, 4], population.ItemFeatures!.data<float>().ToArray());
        // s = −3 + 3 − 1 = −1, −3 + 4 + 1 = 2, −3 + 2 + 1 = 0.
        var truth = ((ITruth)environment).ExpectedResponses(arange(3, ScalarType.Int64), 0)[.., 0].data<float>().ToArray();
        Assert.All(new[] { -1.0, 2, 0 }.Zip(truth), pair => Assert.Equal(1 / (1 + Math.Exp(-pair.First)), pair.Second, 1e-6));
    }

    [Fact]
    public void ColumnsCanBeChosen()
    {
        var users = Write("users.csv", "user_idx,age,name\n" + string.Concat(Enumerable.Range(0, 300).Select(user => $"{user},{user},name {user}\n")));
        using var environment = Make($"usersFile={users}", "userColumns=age", "itemFeatures=1");
        Assert.Equal(["age"], environment.Population.UserFeatureNames);
        Assert.Equal(300, environment.Spec.UserCount);
        Refused("Column 'name' of", "holds 300 different texts", $"usersFile={users}", "itemFeatures=1");
        Refused("no column 'agee'", "", $"usersFile={users}", "userColumns=agee");
    }

    [Fact]
    public void SizesThatContradictTheFilesAreRefused()
    {
        var users = Write("users.csv", "user_idx,a,b\n0,1,2\n");
        Refused("users was 2, but the data in", "holds 1", $"usersFile={users}", "users=2", "itemFeatures=2");
        Refused("userFeatures was 3, but the data in", "holds 2", $"usersFile={users}", "userFeatures=3");
        Refused("tells about user 4 twice", "twice.csv", $"usersFile={Write("twice.csv", "user_idx,a\n4,1\n4,2\n")}");
        Refused("no column 'user_idx'", "", $"usersFile={Write("keyless.csv", "user,a\n4,1\n")}");
        Refused("There is no absent.parquet", "", "itemsFile=absent.parquet");
        Refused("slateSize was 9", "number of items, which is 3", "items=3", "slateSize=9");
        Refused("choice holds 2 parts", "must hold exactly one", """choice=["cascade","cascade"]""");
        Refused("userColumns was given", "", "userColumns=a");
        Refused("users was 10000000 and userFeatures was 1024", "10240000000 numbers", "users=10000000", "userFeatures=1024");
    }

    [Fact]
    public void ADataFolderIsRefused() =>
        Assert.Contains("'composed' takes no data folder", Assert.Throws<UserMistakeException>(() => ComposedEnvironment.Create(new EnvironmentContext(1, CPU, "somewhere"), new ComposedOptions())).Message, StringComparison.Ordinal);

    [Fact]
    public void TheFingerprintIsThatOfTheContentAndNotOfThePath()
    {
        const string content = "item_idx,popularity\n0,0.1\n1,0.2\n";
        string Of(string path, params string[] more) => Fingerprint([$$"""response=[{"kind":"item-popularity","file":"{{path}}"}]""", "items=2", "slateSize=1", .. more]);
        var first = Of(Write("first.csv", content));
        Assert.Equal(first, Of(Write("second.csv", content)));
        Assert.NotEqual(first, Of(Write("third.csv", content.Replace("0.2", "0.3", StringComparison.Ordinal))));
        Assert.NotEqual(first, Of(Write("first.csv", content), "choice=cascade"));
        Assert.NotEqual(Fingerprint(), Fingerprint("""response=["cosine-similarity"]"""));
        Assert.NotEqual(Fingerprint(), Fingerprint("populationSeed=4"));
        Assert.NotEqual(
            Fingerprint("""response=[{"kind":"logistic","itemDeviation":1,"seed":1}]"""), Fingerprint("""response=[{"kind":"logistic","itemDeviation":1,"seed":2}]"""));
        // Written out or left to the defaults: the same truth.
        Assert.Equal(Fingerprint("choice=cascade"), Fingerprint("""choice=[{"kind":"cascade","continuation":0}]"""));
    }

    [Theory]
    [InlineData("independent", true)]
    [InlineData("position-based", false)]
    [InlineData("""{"kind":"cascade","continuation":0.4}""", false)]
    [InlineData("""{"kind":"multinomial-logit","noChoiceWeight":0.5}""", false)]
    public void ResponsesToSlatesComeAsOftenAsTheTruthExpects(string choice, bool independent)
    {
        // Each of the 200 evaluation rounds gives one difference between responses and expectation, of mean 0: four standard errors.
        using var scope = NewDisposeScope();
        using var environment = Make("users=50", "items=10", "slateSize=4", "choice=" + choice);
        var truth = (ITruth)environment;
        Assert.Equal(independent, truth.SlotsAreIndependent);
        var everyone = environment.ObserveAll(1);
        var slates = truth.ExpectedResponses(everyone.UserIds, 0).topk(4, 1).indexes;
        var expected = truth.ExpectedResponses(everyone.UserIds, slates, 0);
        var differences = Enumerable.Range(0, 200).Select(seed => (double)(environment.Respond(everyone, slates, seed) - expected).sum().item<float>()).ToArray();
        var deviation = Math.Sqrt(differences.Select(value => value * value).Average());
        Assert.InRange(differences.Average(), -4 * deviation / Math.Sqrt(200), 4 * deviation / Math.Sqrt(200));
        // The truth of a single item is that of a slate of it alone.
        var alone = truth.ExpectedResponses(everyone.UserIds, 0).gather(1, slates.narrow(1, 0, 1));
        Assert.True(alone.allclose(truth.ExpectedResponses(everyone.UserIds, slates.narrow(1, 0, 1), 0), rtol: 0, atol: 1e-6));
    }

    private static IEnvironment Make(params string[] settings) => ComposedEnvironment.Create(
        new EnvironmentContext(1, CPU, null),
        (ComposedOptions)OptionsBinder.Bind(typeof(ComposedOptions), settings.Select(setting => KeyValuePair.Create(setting[..setting.IndexOf('=', StringComparison.Ordinal)], setting[(setting.IndexOf('=', StringComparison.Ordinal) + 1)..]))));

    private static string Fingerprint(params string[] settings)
    {
        using var environment = Make(settings);
        return environment.Spec.PopulationFingerprint;
    }

    private static void Refused(string told, string more, params string[] settings)
    {
        var message = Assert.Throws<UserMistakeException>(() => Make(settings)).Message;
        Assert.Contains(told, message, StringComparison.Ordinal);
        Assert.Contains(more, message, StringComparison.Ordinal);
    }

    private string Write(string name, string content)
    {
        var path = Path.Combine(_folder.Path, name);
        File.WriteAllText(path, content);
        return path;
    }
}
