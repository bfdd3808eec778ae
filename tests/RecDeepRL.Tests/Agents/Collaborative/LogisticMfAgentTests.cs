using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class LogisticMfAgentTests
{
    private const int Users = 6;
    private const int Items = 5;

    [Fact]
    public void TheGradientIsThatOfTheLoss()
    {
        // Central differences of the loss in float64 with a step of 10⁻⁵ err by about 10⁻⁹; the gradient itself is float32.
        using var scope = NewDisposeScope();
        using var factors = new LogisticFactors(Toy.Context(Toy.Spec(Users, Items, 2)), new LogisticMfOptions { Factors = 3, Ridge = .7, Steps = 3, BatchUsers = null });
        var draws = new RandomStream(2, "counts");
        var total = draws.Uniform(0, CPU, Users, Items).mul_(5).floor_();
        var answers = (total * draws.Uniform(1, CPU, Users, Items)).floor_();
        factors.Fit(total, answers); // Away from biases of 0.
        var (ofUsers, ofItems) = factors.Gradient(factors.Users, total, answers);
        var (users, items, center) = (Table.ToMatrix(factors.Users), Table.ToMatrix(factors.Items), factors.Center.item<float>());
        var (t, a) = (Table.ToMatrix(total), Table.ToMatrix(answers));
        Table.AssertNear(Differences(users, () => Loss(users, items, center, t, a, .7)), Table.ToMatrix(ofUsers), 1e-4);
        Table.AssertNear(Differences(items, () => Loss(users, items, center, t, a, .7)), Table.ToMatrix(ofItems), 1e-4);
    }

    [Fact]
    public void TheGradientOfSomeUsersIsScaledToAllForTheItems()
    {
        // With every user twice the items' data part doubles per user given and the scale halves: the gradient stays as it was.
        using var scope = NewDisposeScope();
        using var factors = new LogisticFactors(Toy.Context(Toy.Spec(Users, Items, 2)), new LogisticMfOptions { Factors = 3 });
        var total = ones(Users, Items);
        var answers = new RandomStream(2, "counts").Uniform(1, CPU, Users, Items).round_();
        var (ofUsers, ofItems) = factors.Gradient(factors.Users, total, answers);
        var (ofTwice, ofItemsTwice) = factors.Gradient(cat([factors.Users, factors.Users]), cat([total, total]), cat([answers, answers]));
        Assert.True(ofItemsTwice.allclose(ofItems, 1e-4, 1e-5));
        Assert.True(ofTwice.narrow(0, 0, Users).allclose(ofUsers, 1e-4, 1e-5));
    }

    [Fact]
    public void ThePosteriorIsCentredWhereTheUsersLossIsLeast()
    {
        // From where training has come, one Newton step leaves a user's gradient near 0, and the precision is the loss's second derivative.
        using var scope = NewDisposeScope();
        using var agent = new LogisticMfAgent(Toy.Context(Toy.Spec(Users, Items, 2)), new LogisticMfOptions { Factors = 2, Ridge = 1, Steps = 200, BatchUsers = null, LearningRate = .02 });
        Table.Teach(agent, full([Users, Items], .4f), 2, 10);
        var everyone = arange(Users, ScalarType.Int64);
        var (posterior, offset) = agent.Posterior(everyone);
        var (mean, features) = (Table.ToMatrix(posterior.Mean), Table.ToMatrix(posterior.Features));
        using var state = MemoryCheckpoint.Of(agent);
        var (shown, responses) = (Table.ToMatrix(state.Tensors["pairs.shown"]), Table.ToMatrix(state.Tensors["pairs.responses"]));
        for (var user = 0; user < Users; user++)
        {
            var gradient = mean.Row(user); // λ = 1.
            var precision = Matrix<double>.Build.DenseIdentity(3);
            for (var item = 0; item < Items; item++)
            {
                var p = 1 / (1 + Math.Exp(-(mean.Row(user) * features.Row(item)) - offset[item].item<double>()));
                gradient += features.Row(item) * ((shown[user, item] * p) - responses[user, item]);
                precision += features.Row(item).OuterProduct(features.Row(item)) * (shown[user, item] * p * (1 - p));
            }
            Assert.InRange(gradient.AbsoluteMaximum(), 0, .02);
            var lower = Table.ToMatrix(posterior.Factor[user]);
            Table.AssertNear(precision, lower * lower.Transpose(), .02);
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData(25)]
    public void PlantedFactorsAreFound(int? batchUsers)
    {
        // As for implicit-als: the means of 60 responses alone err by .06, 280 numbers from 240 000 responses by about .016.
        using var scope = NewDisposeScope();
        var truth = ImplicitAlsAgentTests.Planted(100, 40);
        using var agent = new LogisticMfAgent(
            Toy.Context(Toy.Spec(100, 40, 20)), new LogisticMfOptions { Factors = 2, Ridge = 1, Steps = 1000, LearningRate = .02, BatchUsers = batchUsers, FitInterval = 119, PairEvidence = false });
        Table.Teach(agent, truth, 20, 120);
        var errors = agent.Estimate(arange(100, ScalarType.Int64)) - truth;
        Assert.InRange(errors.square().mean().sqrt().item<double>(), 0, .03);
    }

    [Fact]
    public void ThePapersWeightsCountEveryPairAsOneNotAnswered()
    {
        // Johnson: Σ α·r·z − (1 + α·r)·ln(1 + eᶻ). With α = 3, a pair of 2 answers of 5 has a = 6 and t = 7; one never shown a = 0, t = 1.
        using var scope = NewDisposeScope();
        using var agent = new LogisticMfAgent(Toy.Context(Toy.Spec(1, 2, 1)), new LogisticMfOptions { AnswerWeight = 3, MissWeight = 0, PairWeight = 1 });
        var (total, answers) = agent.Weighed(tensor(new float[,] { { 5, 0 } }), tensor(new float[,] { { 2, 0 } }));
        total.AssertNear(7, 1);
        answers.AssertNear(6, 0);
    }

    private static double Loss(Matrix<double> users, Matrix<double> items, double center, Matrix<double> total, Matrix<double> answers, double ridge)
    {
        var factors = users.ColumnCount - 1;
        var loss = .5 * ridge * (users.Enumerate().Sum(value => value * value) + items.Enumerate().Sum(value => value * value));
        for (var user = 0; user < users.RowCount; user++)
            for (var item = 0; item < items.RowCount; item++)
            {
                var z = center + users[user, factors] + items[item, factors];
                for (var factor = 0; factor < factors; factor++)
                    z += users[user, factor] * items[item, factor];
                loss += (total[user, item] * Math.Log(1 + Math.Exp(z))) - (answers[user, item] * z);
            }
        return loss;
    }

    private static Matrix<double> Differences(Matrix<double> parameters, Func<double> loss) => Matrix<double>.Build.Dense(parameters.RowCount, parameters.ColumnCount, (row, column) =>
    {
        var value = parameters[row, column];
        parameters[row, column] = value + 1e-5;
        var above = loss();
        parameters[row, column] = value - 1e-5;
        var below = loss();
        parameters[row, column] = value;
        return (above - below) / 2e-5;
    });
}
