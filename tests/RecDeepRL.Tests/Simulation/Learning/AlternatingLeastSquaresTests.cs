using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation.Learning;

namespace RecDeepRL.Tests.Simulation.Learning;

public sealed class AlternatingLeastSquaresTests
{
    private const int Users = 30;
    private const int Items = 20;
    private const int Rank = 4;
    private const double Regularisation = .7;

    [Fact]
    public void EachTurnSolvesTheNormalEquations()
    {
        var (users, items, weights) = Pairs(1);
        using var factors = new AlternatingLeastSquares(users, items, weights, Users, Items, Rank, Regularisation, 1);

        var y = ToMatrix(factors.ItemFactors);
        factors.SolveUsers();
        var x = ToMatrix(factors.UserFactors);
        AssertNear(Directly(users, items, weights, Users, y), x);

        factors.SolveItems();
        AssertNear(Directly(items, users, weights, Items, x), ToMatrix(factors.ItemFactors));
    }

    [Fact]
    public void TheObjectiveIsTheSumOverAllPairs()
    {
        var (users, items, weights) = Pairs(2);
        using var factors = new AlternatingLeastSquares(users, items, weights, Users, Items, Rank, Regularisation, 1);
        factors.SolveUsers();
        var (x, y) = (ToMatrix(factors.UserFactors), ToMatrix(factors.ItemFactors));
        var weight = new double[Users, Items];
        for (var pair = 0; pair < users.Length; pair++)
            weight[users[pair], items[pair]] = weights[pair];

        var sum = Regularisation * (Math.Pow(x.FrobeniusNorm(), 2) + Math.Pow(y.FrobeniusNorm(), 2));
        for (var user = 0; user < Users; user++)
            for (var item = 0; item < Items; item++)
                sum += (1 + weight[user, item]) * Math.Pow((weight[user, item] > 0 ? 1 : 0) - x.Row(user).DotProduct(y.Row(item)), 2);

        Assert.Equal(sum, factors.Objective(), 1e-8 * sum);
    }

    [Fact]
    public void TheObjectiveNeverRises()
    {
        var (users, items, weights) = Pairs(3);
        using var factors = new AlternatingLeastSquares(users, items, weights, Users, Items, Rank, Regularisation, 1);
        factors.SolveUsers();
        var objective = new List<double> { factors.Objective() };
        for (var iteration = 0; iteration < 10; iteration++)
        {
            factors.SolveItems();
            objective.Add(factors.Objective());
            factors.SolveUsers();
            objective.Add(factors.Objective());
        }

        Assert.All(objective.Zip(objective.Skip(1)), step => Assert.True(step.Second <= step.First * (1 + 1e-12), $"{step.First} rose to {step.Second}"));
        Assert.True(objective[^1] < .9 * objective[0]);
    }

    [Fact]
    public void AUserWithoutPositivesHasNoTaste()
    {
        using var factors = new AlternatingLeastSquares([0, 2], [0, 1], [1, 1], 3, 2, 2, .1, 1);

        factors.SolveUsers();

        Assert.Equal([0, 0], factors.Scores([1, 1], [0, 1]));
    }

    [Fact]
    public void PlantedFactorsAreRecovered()
    {
        // Preference that is exactly of rank 3: three groups of users, each with its own items and no others. With next to no regularisation
        // the least squares of rank 3 reach it: 1 within a group, 0 outside.
        var pairs = (from user in Enumerable.Range(0, Users) from item in Enumerable.Range(0, Items) where user % 3 == item % 3 select (user, item)).ToList();
        using var factors = new AlternatingLeastSquares(
            [.. pairs.Select(pair => pair.user)], [.. pairs.Select(pair => pair.item)], [.. pairs.Select(_ => 5.0)], Users, Items, 3, 1e-6, 1);

        for (var iteration = 0; iteration < 20; iteration++)
        {
            factors.SolveUsers();
            factors.SolveItems();
        }

        var scores = factors.Scores([.. Enumerable.Range(0, Items)]);
        for (var user = 0; user < Users; user++)
            for (var item = 0; item < Items; item++)
                Assert.Equal(user % 3 == item % 3 ? 1 : 0, scores[(user * Items) + item], 1e-3);
    }

    [Fact]
    public void PairsThatWereHeldBackScoreAboveThoseOfOtherGroups()
    {
        var all = (from user in Enumerable.Range(0, Users) from item in Enumerable.Range(0, Items) where user % 3 == item % 3 select (user, item)).ToList();
        var shown = all.Where(pair => (pair.user + pair.item) % 4 != 0).ToList();
        using var factors = new AlternatingLeastSquares(
            [.. shown.Select(pair => pair.user)], [.. shown.Select(pair => pair.item)], [.. shown.Select(_ => 5.0)], Users, Items, 3, .1, 1);
        for (var iteration = 0; iteration < 20; iteration++)
        {
            factors.SolveUsers();
            factors.SolveItems();
        }

        var held = all.Except(shown).ToList();
        var others = (from user in Enumerable.Range(0, Users) from item in Enumerable.Range(0, Items) where user % 3 != item % 3 select (user, item)).ToList();

        Assert.True(
            factors.Scores([.. held.Select(pair => pair.user)], [.. held.Select(pair => pair.item)]).Min()
            > factors.Scores([.. others.Select(pair => pair.user)], [.. others.Select(pair => pair.item)]).Max());
    }

    [Fact]
    public void LongAndShortRowsGoThroughTheSameEquations()
    {
        // One user with all of 3000 items among users with one: the rows fall into several blocks.
        var users = Enumerable.Repeat(0, 3000).Concat(Enumerable.Range(1, 3000)).ToArray();
        var items = Enumerable.Range(0, 3000).Concat(Enumerable.Range(0, 3000)).ToArray();
        var weights = Enumerable.Range(0, 6000).Select(pair => 1.0 + (pair % 3)).ToArray();
        using var factors = new AlternatingLeastSquares(users, items, weights, 3001, 3000, 2, Regularisation, 1);
        using var rows = ObservedRows.Of(users, items, weights, 3001, 2);
        Assert.True(rows.Blocks.Count > 1);
        var y = ToMatrix(factors.ItemFactors);

        factors.SolveUsers();

        AssertNear(Directly(users, items, weights, 3001, y), ToMatrix(factors.UserFactors));
    }

    [Fact]
    public void NoTensorIsLeftBehind()
    {
        var (users, items, weights) = Pairs(4);
        var before = TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        using (var factors = new AlternatingLeastSquares(users, items, weights, Users, Items, Rank, Regularisation, 1))
        {
            factors.SolveUsers();
            factors.SolveItems();
            factors.Objective();
            factors.Scores([1], [2]);
            factors.Scores([3]);
        }

        Assert.Equal(before, TorchSharp.DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    private static (int[] Users, int[] Items, double[] Weights) Pairs(long seed)
    {
        var draws = new RandomStream(seed, "test");
        var pairs = (from user in Enumerable.Range(0, Users)
                     from item in Enumerable.Range(0, Items)
                     where draws.Uniform(0, (user * Items) + item) < .05 + (.4 * (user % 3 == item % 3 ? 1 : 0))
                     select (user, item)).ToList();
        return ([.. pairs.Select(pair => pair.user)], [.. pairs.Select(pair => pair.item)], [.. pairs.Select((_, index) => 1 + (4.0 * draws.Uniform(1, index)))]);
    }

    /// <summary>(YᵀCY + λI)x = YᵀCp with the full diagonal C, row by row.</summary>
    private static Matrix<double> Directly(int[] rows, int[] columns, double[] weights, int rowCount, Matrix<double> y) => Matrix<double>.Build.DenseOfRowVectors(
        Enumerable.Range(0, rowCount).Select(row =>
        {
            var (confidence, preference) = (Vector<double>.Build.Dense(y.RowCount, 1), Vector<double>.Build.Dense(y.RowCount));
            for (var pair = 0; pair < rows.Length; pair++)
            {
                if (rows[pair] == row)
                    (confidence[columns[pair]], preference[columns[pair]]) = (1 + weights[pair], 1);
            }
            var left = y.TransposeThisAndMultiply(y.MapIndexed((index, _, value) => confidence[index] * value)) + (Regularisation * Matrix<double>.Build.DenseIdentity(y.ColumnCount));
            return left.Solve(y.TransposeThisAndMultiply(confidence.PointwiseMultiply(preference)));
        }));

    private static Matrix<double> ToMatrix(TorchSharp.torch.Tensor tensor) =>
        Matrix<double>.Build.Dense((int)tensor.shape[1], (int)tensor.shape[0], tensor.data<double>().ToArray()).Transpose();

    private static void AssertNear(Matrix<double> expected, Matrix<double> actual) =>
        Assert.True((expected - actual).FrobeniusNorm() <= 1e-9 * (1 + expected.FrobeniusNorm()), $"off by {(expected - actual).FrobeniusNorm():G3} of {expected.FrobeniusNorm():G3}");
}
