using RecDeepRL.Agents.Exploration;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Exploration;

public sealed class ScoreExplorationTests
{
    private const int Users = 20_000;
    private static readonly float[] s_scores = [0f, .1f, .2f, .4f];

    [Fact]
    public void SoftmaxDrawsInProportionToTheExponentialOfTheScore()
    {
        // Temperature .2: weights e⁰, e^.5, e¹, e².
        using var scope = NewDisposeScope();
        var counts = Make(new() { Exploration = ExplorationMethod.Softmax, Temperature = .2 }, 1)
            .Slates(Scores(), Toy.Observe(Users), Explore).reshape(-1).bincount(null, 4).data<long>().ToArray();
        Chance.AssertFrequencies(counts, Shares());
    }

    [Fact]
    public void SoftmaxFillsTheSecondSlotFromWhatIsLeft()
    {
        // P(a, then b) = pₐ · p_b / (1 − pₐ).
        using var scope = NewDisposeScope();
        var slates = Make(new() { Exploration = ExplorationMethod.Softmax, Temperature = .2 }, 2).Slates(Scores(), Toy.Observe(Users), Explore);
        var pairs = slates.select(1, 0).mul(4).add(slates.select(1, 1)).bincount(null, 16).data<long>().ToArray();
        var shares = Shares();
        var possible = Enumerable.Range(0, 16).Where(pair => pair / 4 != pair % 4).ToList();
        Assert.Equal(Users, possible.Sum(pair => pairs[pair]));
        Chance.AssertFrequencies([.. possible.Select(pair => pairs[pair])], [.. possible.Select(pair => shares[pair / 4] * shares[pair % 4] / (1 - shares[pair / 4]))]);
    }

    [Fact]
    public void EpsilonShowsTheBestItemAndNowAndThenAnother()
    {
        // ε = .2 over four items: the best with .8 + .2/4 = .85, each other with .05.
        using var scope = NewDisposeScope();
        var counts = Make(new() { Epsilon = .2 }, 1).Slates(Scores(), Toy.Observe(Users), Explore).reshape(-1).bincount(null, 4).data<long>().ToArray();
        Chance.AssertFrequencies(counts, [.05, .05, .05, .85]);
    }

    [Theory]
    [InlineData(ExplorationMethod.Epsilon, true)]
    [InlineData(ExplorationMethod.Softmax, true)]
    [InlineData(ExplorationMethod.None, false)]
    public void OnlyExploringExplores(ExplorationMethod method, bool explores)
    {
        using var scope = NewDisposeScope();
        var exploration = Make(new() { Exploration = method, Epsilon = .5 }, 2);
        Assert.All(exploration.Slates(Scores(), Toy.Observe(100), Exploit).data<long>().ToArray().Chunk(2), slate => Assert.Equal([3, 2], slate));
        Assert.Equal(explores, exploration.Slates(Scores(), Toy.Observe(100), Explore).data<long>().ToArray().Chunk(2).Any(slate => slate is not [3, 2]));
    }

    private static double[] Shares()
    {
        var weights = s_scores.Select(score => Math.Exp(score / .2)).ToArray();
        return [.. weights.Select(weight => weight / weights.Sum())];
    }

    private static Tensor Scores() => tensor(s_scores).unsqueeze(0);

    private static ScoreExploration Make(Options options, int slateSize) => new(Toy.Context(Toy.Spec(Users, 4, slateSize)), "toy", options);

    private sealed record Options : ScoreExplorationOptions;
}
