using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Agents.Collaborative;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

public sealed class ImplicitAlsAgentTests
{
    private const int Users = 12;
    private const int Items = 7;
    private const int Factors = 3;

    [Fact]
    public void ThePapersFormIsThePapersAlternation()
    {
        // Hu, Koren and Volinsky: c = 1 + 40·r, p = 1 where r > 0; xᵤ = (YᵀCᵤY + λI)⁻¹YᵀCᵤpᵤ with the items of before, then the items likewise.
        using var scope = NewDisposeScope();
        var options = new ImplicitAlsOptions { Factors = Factors, Ridge = .3, Preference = Preference.EverAnswered, AnswerWeight = 40, MissWeight = 0, PairWeight = 1, Biases = false, PairEvidence = false, FitInterval = 4 };
        using var agent = new ImplicitAlsAgent(Toy.Context(Toy.Spec(Users, Items, 2)), options);
        var before = Table.ToMatrix(agent.Items);
        Table.Teach(agent, full([Users, Items], .4f), 2, 1);
        var (_, responses) = Counts(agent);
        var confidence = (responses * 40) + 1;
        var preference = responses.Map(answers => answers > 0 ? 1.0 : 0);
        var users = Rows(confidence, confidence.PointwiseMultiply(preference), before, .3);
        var items = Rows(confidence.Transpose(), confidence.PointwiseMultiply(preference).Transpose(), users, .3);
        Table.AssertNear(items, Table.ToMatrix(agent.Items), 1e-5);

        // Recommending solves for the users anew, from the items of now.
        var now = Rows(confidence, confidence.PointwiseMultiply(preference), items, .3);
        Table.AssertNear(now * items.Transpose(), Table.ToMatrix(agent.Estimate(arange(Users, ScalarType.Int64))), 1e-4);
    }

    [Fact]
    public void ManySweepsEndWhereNoFactorAndNoBiasCanBeImproved()
    {
        // With e = p − p̂ and weights w: the gradient of every block of the objective is zero, Σ w·e·f = λ·parameter.
        using var scope = NewDisposeScope();
        var options = new ImplicitAlsOptions { Factors = 2, Ridge = 1, Sweeps = 400, PairEvidence = false, FitInterval = 8 };
        using var agent = new ImplicitAlsAgent(Toy.Context(Toy.Spec(Users, Items, 3)), options);
        Table.Teach(agent, Table.TwoTastes(Users, Items - 1).index_select(1, tensor(new long[] { 0, 1, 2, 3, 4, 5, 0 })), 3, 9); // Fitted after the 1st and the 9th.
        var (shown, responses) = Counts(agent);
        var everyone = arange(Users, ScalarType.Int64);
        var users = Table.ToMatrix(agent.Posterior(everyone).Mean); // [U, F + 1], bias last.
        var errors = responses - shown.PointwiseMultiply(Table.ToMatrix(agent.Estimate(everyone)));
        var items = Table.ToMatrix(agent.Items);
        Table.AssertNear(users, errors * items, 2e-4);
        var ofItems = errors.Transpose() * users;
        Table.AssertNear(items.SubMatrix(0, Items, 0, 2), ofItems.SubMatrix(0, Items, 0, 2), 2e-3);
        var overall = responses.Enumerate().Sum() / shown.Enumerate().Sum();
        for (var item = 0; item < Items; item++)
            Assert.Equal(agent.Offset[item].item<double>() - overall, errors.Column(item).Sum(), 2e-3);
    }

    [Fact]
    public void PlantedFactorsAreFound()
    {
        // Probabilities of rank 2 around .5 with deviation .2, 60 responses of each of 4000 pairs: their means alone err by √(.21/60) = .06;
        // 2·(100 + 40) numbers learned from 240 000 responses err by about √(.21·280/240 000) = .016.
        using var scope = NewDisposeScope();
        var truth = Planted(100, 40);
        using var agent = new ImplicitAlsAgent(Toy.Context(Toy.Spec(100, 40, 20)), new ImplicitAlsOptions { Factors = 2, Ridge = 1, Sweeps = 20, FitInterval = 119, PairEvidence = false });
        Table.Teach(agent, truth, 20, 120);
        var errors = agent.Estimate(arange(100, ScalarType.Int64)) - truth;
        Assert.InRange(errors.square().mean().sqrt().item<double>(), 0, .03);
    }

    [Fact]
    public void AnOptimistGoesWhereTheUserWasNotAsked()
    {
        // Nothing is known of user 1, so every item's deviation is greater for them than for user 0, who answered 30 times.
        using var scope = NewDisposeScope();
        using var agent = new ImplicitAlsAgent(Toy.Context(Toy.Spec(2, 3, 1)), new ImplicitAlsOptions { Factors = 2 });
        var answers = new string[2, 3] { { "1010101010", "1101101101", "0010010010" }, { "", "", "" } };
        Table.Teach(agent, answers);
        var variances = Table.ToMatrix(agent.Posterior(tensor(new long[] { 0, 1 })).Variances());
        for (var item = 0; item < 3; item++)
            Assert.True(variances[0, item] < variances[1, item] / 2);
    }

    [Fact]
    public void ScoresThatAreNoProbabilitiesAreNotMixedWithResponses() =>
        Assert.Contains("pairEvidence", Assert.Throws<RecDeepRL.Core.UserMistakeException>(() =>
            RecDeepRL.Core.Options.OptionsBinder.Bind(typeof(ImplicitAlsOptions), [KeyValuePair.Create("preference", "ever-answered")])).Message, StringComparison.Ordinal);

    /// <summary>.5 + .2·(x·y)/√2 for standard normal factors, within [.02, .98].</summary>
    internal static Tensor Planted(int users, int items)
    {
        using var scope = NewDisposeScope();
        var draws = new RandomStream(11, "planted");
        return draws.Normal(0, CPU, users, 2).matmul(draws.Normal(1, CPU, 2, items)).mul_(.2 / Math.Sqrt(2)).add_(.5).clamp_(.02, .98).MoveToOuterDisposeScope();
    }

    private static (Matrix<double> Shown, Matrix<double> Responses) Counts(ImplicitAlsAgent agent)
    {
        using var state = MemoryCheckpoint.Of(agent);
        return (Table.ToMatrix(state.Tensors["pairs.shown"]), Table.ToMatrix(state.Tensors["pairs.responses"]));
    }

    private static Matrix<double> Rows(Matrix<double> weights, Matrix<double> targets, Matrix<double> features, double ridge) =>
        Matrix<double>.Build.DenseOfRowVectors(Enumerable.Range(0, weights.RowCount).Select(row =>
            ((features.Transpose() * Matrix<double>.Build.DenseOfDiagonalVector(weights.Row(row)) * features) + (Matrix<double>.Build.DenseIdentity(features.ColumnCount) * ridge))
                .Solve(features.Transpose() * targets.Row(row))));
}
