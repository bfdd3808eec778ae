using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core.Options;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class ItemModelAgentTests
{
    private const int Users = 40;
    private const int Items = 8;

    [Theory]
    [InlineData(RowForm.Residuals)]
    [InlineData(RowForm.Answers)]
    public void EaseIsOneRidgeRegressionForEachItem(RowForm form)
    {
        // min ‖x_j − X_o·w‖² + λ‖w‖² over the other items o: w = (X_oᵀX_o + λI)⁻¹X_oᵀx_j, solved column by column.
        using var agent = new EaseAgent(Toy.Context(Toy.Spec(Users, Items, 3)), new EaseOptions { Ridge = 2, Rows = form, PairEvidence = false, FitInterval = 5 });
        var x = Rows(Table.Teach(agent, Table.TwoTastes(Users, Items), 3, 6), form, shrinkage: 1);
        for (var item = 0; item < Items; item++)
        {
            var others = Enumerable.Range(0, Items).Where(other => other != item).ToArray();
            var given = Matrix<double>.Build.DenseOfColumnVectors(others.Select(x.Column));
            var expected = ((given.Transpose() * given) + (Matrix<double>.Build.DenseIdentity(Items - 1) * 2)).Solve(given.Transpose() * x.Column(item));
            for (var place = 0; place < others.Length; place++)
                Assert.Equal(expected[place], agent.Weights[others[place], item].item<double>(), 1e-5);
            Assert.Equal(0, agent.Weights[item, item].item<double>());
        }
    }

    [Theory]
    [InlineData(RowForm.Residuals, false)]
    [InlineData(RowForm.Residuals, true)]
    [InlineData(RowForm.Answers, true)]
    public void SlimEndsWhereItsConditionsHold(RowForm form, bool nonNegative)
    {
        // With g = (XᵀX + βI)w_j − XᵀX_j: where a weight is not 0, g + λ·sign(w) = 0; where it is, |g| ≤ λ, or g ≥ −λ if weights have to be at least 0.
        using var agent = new SlimAgent(
            Toy.Context(Toy.Spec(Users, Items, 3)), new SlimOptions { Ridge = 1, Lasso = 1.5, NonNegative = nonNegative, Passes = 2000, Rows = form, PairEvidence = false, FitInterval = 5 });
        var x = Rows(Table.Teach(agent, Table.TwoTastes(Users, Items), 3, 6), form, shrinkage: 1);
        var weights = Table.ToMatrix(agent.Weights);
        var gram = x.Transpose() * x;
        var gradient = (gram * weights) - gram + weights;
        var (zeros, others) = (0, 0);
        for (var row = 0; row < Items; row++)
            for (var column = 0; column < Items; column++)
            {
                var (weight, g) = (weights[row, column], gradient[row, column]);
                if (row == column)
                    Assert.Equal(0, weight);
                else if (weight == 0)
                    Assert.InRange(g, -1.5 - 1e-3, nonNegative ? double.MaxValue : 1.5 + 1e-3);
                else
                    Assert.Equal(-1.5 * Math.Sign(weight), g, 1e-3);
                Assert.True(!nonNegative || weight >= 0);
                (zeros, others) = (zeros + (weight == 0 ? 1 : 0), others + (weight == 0 ? 0 : 1));
            }
        Assert.True(zeros > Items && others > 0, $"{zeros} zeros, {others} others: nothing was decided");
    }

    [Fact]
    public void SlimWithoutLassoAndBoundsIsEase()
    {
        using var slim = new SlimAgent(Toy.Context(Toy.Spec(Users, Items, 3)), new SlimOptions { Ridge = 2, Lasso = 0, Passes = 3000, FitInterval = 5 });
        using var ease = new EaseAgent(Toy.Context(Toy.Spec(Users, Items, 3)), new EaseOptions { Ridge = 2, FitInterval = 5 });
        Table.Teach(slim, Table.TwoTastes(Users, Items), 3, 6);
        Table.Teach(ease, Table.TwoTastes(Users, Items), 3, 6);
        Table.AssertNear(Table.ToMatrix(ease.Weights), Table.ToMatrix(slim.Weights), 1e-4);
    }

    [Fact]
    public void NeighboursOfAnswersAreThoseOfThePaper()
    {
        // Answered: item 0 by users 0, 1, 2; item 1 by 0, 1; item 2 by 3. Cosines: (0, 1) 2/√6 = .8165, all others 0.
        // User 2 answered item 0 alone: item 1 scores .8165, item 2 nothing; user 3's item 2 tells of no other.
        using var scope = NewDisposeScope();
        using var agent = new ItemKnnAgent(
            Toy.Context(Toy.Spec(4, 3, 1)), new ItemKnnOptions { Rows = RowForm.Answers, PairEvidence = false, SimilarityShrinkage = 0, Neighbours = 1 });
        Table.Teach(agent, new[,] { { "1", "01", "0" }, { "1", "1", "0" }, { "1", "0", "" }, { "0", "", "1" } });
        var scores = agent.Estimate(tensor(new long[] { 2, 3 }));
        scores.AssertNear(0, 2 / Math.Sqrt(6), 0, 0, 0, 0);
        Assert.Equal([1], Toy.Slates(agent, Toy.Observe(1, ids: tensor(new[] { 2L })), Exploit)[0]);
    }

    [Fact]
    public void NeighboursOfResidualsAreComparedOverWhoWasShownBoth()
    {
        // Items' means, one showing at the overall mean 4/8 = .5 mixed in: (2 + .5)/5 = .5 each for items 0 and 1; nothing was shown of item 2: .5.
        // With κ = 1 a residual of one response is ±.5/2 = ±.25. Users 0 to 3 answered both, both, neither, neither: cosine 1, times 4/(4 + 4) = .5.
        // User 4 was never asked, user 0 has .25: item 1 for user 0: .5 + .5·.25/(1 + .5) = .58333.
        using var scope = NewDisposeScope();
        using var agent = new ItemKnnAgent(
            Toy.Context(Toy.Spec(5, 3, 1)), new ItemKnnOptions { PairEvidence = false, SimilarityShrinkage = 4, WeightShrinkage = 1, Shrinkage = 1 });
        Table.Teach(agent, new[,] { { "1", "1", "" }, { "1", "1", "" }, { "0", "0", "" }, { "0", "0", "" }, { "", "", "" } });
        Assert.Equal(.5, agent.Weights[0, 1].item<double>(), 1e-6);
        agent.Estimate(tensor(new long[] { 0, 2, 4 })).AssertNear(.5 + (.125 / 1.5), .5 + (.125 / 1.5), .5, .5 - (.125 / 1.5), .5 - (.125 / 1.5), .5, .5, .5, .5);
    }

    [Fact]
    public void OnlyTheNearestNeighboursCount()
    {
        using var agent = new ItemKnnAgent(Toy.Context(Toy.Spec(Users, Items, 3)), new ItemKnnOptions { Neighbours = 2, FitInterval = 5 });
        using var whole = new ItemKnnAgent(Toy.Context(Toy.Spec(Users, Items, 3)), new ItemKnnOptions { Neighbours = 100, FitInterval = 5 });
        Table.Teach(agent, Table.TwoTastes(Users, Items), 3, 6);
        Table.Teach(whole, Table.TwoTastes(Users, Items), 3, 6);
        var (some, all) = (Table.ToMatrix(agent.Weights), Table.ToMatrix(whole.Weights));
        for (var item = 0; item < Items; item++)
        {
            var kept = all.Column(item).Select(Math.Abs).OrderDescending().Take(2).Last();
            for (var other = 0; other < Items; other++)
                Assert.Equal(Math.Abs(all[other, item]) >= kept ? all[other, item] : 0, some[other, item]);
        }
    }

    [Theory]
    [InlineData(typeof(EaseOptions))]
    [InlineData(typeof(SlimOptions))]
    [InlineData(typeof(ItemKnnOptions))]
    public void ScoresThatAreNoProbabilitiesAreNotMixedWithResponses(Type options)
    {
        var message = Assert.Throws<RecDeepRL.Core.UserMistakeException>(() => OptionsBinder.Bind(options, [KeyValuePair.Create("rows", "answers")])).Message;
        Assert.Contains("pairEvidence was true, must be false where rows is answers", message, StringComparison.Ordinal);
        OptionsBinder.Bind(options, [KeyValuePair.Create("rows", "answers"), KeyValuePair.Create("pairEvidence", "false")]);
    }

    /// <summary>What the agents should make of the counts.</summary>
    private static Matrix<double> Rows((Matrix<double> Shown, Matrix<double> Responses) counts, RowForm form, double shrinkage)
    {
        var (shown, responses) = counts;
        if (form == RowForm.Answers)
            return responses.Map(answers => answers > 0 ? 1.0 : 0);
        var overall = responses.Enumerate().Sum() / shown.Enumerate().Sum();
        var means = (responses.ColumnSums() + overall) / (shown.ColumnSums() + 1);
        return Matrix<double>.Build.Dense(shown.RowCount, shown.ColumnCount, (user, item) => (responses[user, item] - (shown[user, item] * means[item])) / (shown[user, item] + shrinkage));
    }
}
