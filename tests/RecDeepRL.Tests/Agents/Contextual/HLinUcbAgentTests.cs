using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Contextual;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Contextual;

public sealed class HLinUcbAgentTests
{
    [Fact]
    public void OneResponseUpdatesItemAndUserByHand()
    {
        // One user, one item, x = 1, one hidden feature that starts at v; λ = 1 for the item, ½ for the user; one response of 1.
        // A = I + (1, v)(1, v)' and b = (1, v), so θ = (1, v)/(2 + v²). Then C = ½ + h², d = h·(1 − w), v = d/C.
        using var scope = NewDisposeScope();
        using var agent = Agent(1, 1, 0, new HLinUcbOptions { Sweeps = 0, HiddenSize = 1, HiddenRidge = .5 });
        var v = agent.Users.Features[0, 0].item<double>();
        Assert.NotEqual(0, v);
        Toy.Teach(agent, (1, 1));
        var (w, h) = (1 / (2 + (v * v)), v / (2 + (v * v)));
        Assert.Equal(w, agent.Items.Weights[0, 0].item<double>(), 1e-14);
        Assert.Equal(h, agent.Items.Weights[0, 1].item<double>(), 1e-14);
        Assert.Equal(h * (1 - w) / (.5 + (h * h)), agent.Users.Features[0, 0].item<double>(), 1e-14);
        Assert.Equal(Math.Abs(h) / Math.Sqrt(.5 + (h * h)), agent.Users.Deviations(tensor([0L]), tensor(new[,] { { h } }))[0, 0].item<double>(), 1e-14);
    }

    [Fact]
    public void BatchesAlternateAsAScalarReferenceDoes()
    {
        const int users = 6, items = 4, hidden = 2;
        using var scope = NewDisposeScope();
        using var agent = Agent(users, items, 2, new HLinUcbOptions { Sweeps = 0, HiddenSize = hidden, HiddenRidge = .3, Ridge = .8 });
        const int width = 3 + hidden;
        var a = Enumerable.Range(0, items).Select(_ => Matrix<double>.Build.DenseIdentity(width) * .8).ToArray();
        var b = Enumerable.Range(0, items).Select(_ => Vector<double>.Build.Dense(width)).ToArray();
        var c = Enumerable.Range(0, users).Select(_ => Matrix<double>.Build.DenseIdentity(hidden) * .3).ToArray();
        var d = Enumerable.Range(0, users).Select(_ => Vector<double>.Build.Dense(hidden)).ToArray();
        var v = Enumerable.Range(0, users).Select(user => Of(agent.Users.Features[user])).ToArray();
        foreach (var (features, slates, responses) in Rounds(users, items))
        {
            agent.Learn(Toy.Feedback(Toy.Observe(users, features), slates, responses));
            ForEach((user, item, x, response) =>
            {
                var z = Join(x, v[user]);
                a[item] += z.OuterProduct(z);
                b[item] += response * z;
            }, features, slates, responses);
            var theta = a.Zip(b, (matrix, moment) => matrix.Solve(moment)).ToArray();
            ForEach((user, item, x, response) =>
            {
                var h = theta[item].SubVector(3, hidden);
                c[user] += h.OuterProduct(h);
                d[user] += h * (response - (x * theta[item].SubVector(0, 3)));
            }, features, slates, responses);
            v = [.. c.Zip(d, (matrix, moment) => matrix.Solve(moment))];
            AssertSame(theta, agent.Items.Weights);
            AssertSame(v, agent.Users.Features);
        }
    }

    [Fact]
    public void ASweepIsOneStepOfExpectationMaximisationOverTheWholeLog()
    {
        const int users = 6, items = 4, hidden = 2;
        const double variance = .3, ridge = .8;
        using var scope = NewDisposeScope();
        using var agent = Agent(users, items, 2, new HLinUcbOptions { Sweeps = 2, HiddenSize = hidden, HiddenRidge = variance, Ridge = ridge });
        var v = Enumerable.Range(0, users).Select(user => Of(agent.Users.Features[user])).ToArray();
        var covariance = Enumerable.Range(0, users).Select(_ => Matrix<double>.Build.DenseIdentity(hidden)).ToArray(); // The prior N(0, I).
        var log = new List<(int User, int Item, Vector<double> X, double Response)>();
        foreach (var (features, slates, responses) in Rounds(users, items, features: 0))
        {
            agent.Learn(Toy.Feedback(Toy.Observe(users, features), slates, responses));
            ForEach((user, item, x, response) => log.Add((user, item, x, response)), features, slates, responses);
            Vector<double>[] theta = [];
            for (var sweep = 0; sweep < 2; sweep++)
            {
                var a = Enumerable.Range(0, items).Select(_ => Matrix<double>.Build.DenseIdentity(3 + hidden) * ridge).ToArray();
                var b = Enumerable.Range(0, items).Select(_ => Vector<double>.Build.Dense(3 + hidden)).ToArray();
                foreach (var (user, item, x, response) in log)
                {
                    var z = Join(x, v[user]);
                    var square = z.OuterProduct(z); // E[zz'] = E[z]E[z]' + covariance of its hidden part.
                    square.SetSubMatrix(3, hidden, 3, hidden, square.SubMatrix(3, hidden, 3, hidden) + covariance[user]);
                    a[item] += square;
                    b[item] += response * z;
                }
                theta = [.. a.Zip(b, (matrix, moment) => matrix.Solve(moment))];
                var c = Enumerable.Range(0, users).Select(_ => Matrix<double>.Build.DenseIdentity(hidden) * variance).ToArray();
                var d = Enumerable.Range(0, users).Select(_ => Vector<double>.Build.Dense(hidden)).ToArray();
                foreach (var (user, item, x, response) in log)
                {
                    var h = theta[item].SubVector(3, hidden);
                    c[user] += h.OuterProduct(h);
                    d[user] += h * (response - (x * theta[item].SubVector(0, 3)));
                }
                v = [.. c.Zip(d, (matrix, moment) => matrix.Solve(moment))];
                covariance = [.. c.Select(matrix => matrix.Inverse() * variance)];
            }
            AssertSame(theta, agent.Items.Weights);
            AssertSame(v, agent.Users.Features);
        }
    }

    [Theory]
    [Trait("Category", "Learning")]
    [InlineData(0)]
    [InlineData(1)]
    public void UsersWhomNothingTellsApartAreToldApartByTheirResponses(int sweeps)
    {
        // Two kinds of users, no features: one kind likes items 0 and 1 (.9), the other 2 and 3; the rest .1. Any fixed item is worth .5. With 60 rounds
        // most users are known; .8 leaves room for one user in eight who is still misjudged.
        using var scope = NewDisposeScope();
        var probabilities = cat([tensor(new[] { .9f, .9f, .1f, .1f }).expand(40, 4), tensor(new[] { .1f, .1f, .9f, .9f }).expand(40, 4)]);
        for (var seed = 1; seed <= 5; seed++)
        {
            using var agent = new HLinUcbAgent(Toy.Context(Toy.Spec(80, 4, 1), seed), new HLinUcbOptions { Sweeps = sweeps, HiddenSize = 2 });
            Assert.True(Toy.Train(agent, probabilities, null, 60, seed) > .8, $"seed {seed}");
        }
    }

    private static HLinUcbAgent Agent(int users, int items, int features, HLinUcbOptions options) => new(Toy.Context(Toy.Spec(users, items, 1, features)), options);

    /// <param name="features">The round whose features all rounds have; none for their own.</param>
    private static IEnumerable<(Tensor Features, Tensor Slates, Tensor Responses)> Rounds(int users, int items, int? features = null)
    {
        var draws = new RandomStream(8, "hidden");
        for (var round = 0; round < 4; round++)
            yield return (
                draws.Normal(features ?? round, CPU, users, 2),
                draws.Uniform(100 + round, CPU, users, items).argsort(1).narrow(1, 0, 2),
                draws.Uniform(200 + round, CPU, users, 2));
    }

    private static void ForEach(Action<int, int, Vector<double>, double> action, Tensor features, Tensor slates, Tensor responses)
    {
        for (var user = 0; user < slates.shape[0]; user++)
            for (var slot = 0; slot < slates.shape[1]; slot++)
                action(user, (int)slates[user, slot].item<long>(), Join(Vector<double>.Build.Dense(1, 1), Of(features[user].to_type(ScalarType.Float64))), responses[user, slot].item<float>());
    }

    private static Vector<double> Of(Tensor row) => Vector<double>.Build.DenseOfArray(row.data<double>().ToArray());

    private static Vector<double> Join(Vector<double> first, Vector<double> second) => Vector<double>.Build.DenseOfEnumerable(first.Concat(second));

    private static void AssertSame(Vector<double>[] expected, Tensor actual)
    {
        for (var row = 0; row < expected.Length; row++)
            for (var column = 0; column < expected[row].Count; column++)
                Assert.Equal(expected[row][column], actual[row, column].item<double>(), 1e-9);
    }
}
