using RecDeepRL.Data.Synthetic;
using RecDeepRL.Simulation.Responses;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Data.Synthetic;

public sealed class PersonalTastesTests
{
    private const int Users = 7;

    /// <summary>The formula of the documentation in plain steps: rounding to float32 after each product and each sum, then in double.</summary>
    private static float ByHand(long seed, int itemCount, int rank, double noise, long user, long item)
    {
        var draws = new ExactDraws(seed, "personal");
        var sum = 0f;
        for (var factor = 0; factor < rank; factor++)
        {
            var (ofUser, ofItem) = ((float)draws.Normal(0, (user * rank) + factor), (float)(draws.Normal(1, (item * rank) + factor) * Math.Sqrt((1 - noise) / rank)));
            var product = ofUser * ofItem;
            sum += product;
        }
        var (pronounced, dividing) = (draws.Uniform(2, user), draws.Uniform(3, item));
        var taste = sum + (Math.Sqrt(noise) * draws.Normal(4, (user * itemCount) + item));
        var score = -.3235 + (.55 * (pronounced / (1.6 - pronounced)) * (dividing / (1.2 - dividing)) * (taste - .57));
        return (float)(.5 + (.5 * score / Math.Sqrt(1 + (score * score))));
    }

    // 1100 items: whole chunks, whole blocks, and what is left over by each.
    [Theory]
    [InlineData(1100, 96, .02)]
    [InlineData(13, 1, 0)]
    [InlineData(2, 3, 1)]
    [InlineData(600, 1030, .5)]
    public void ProbabilitiesAreThoseOfTheFormulaHoweverTheyAreAsked(int itemCount, int rank, double noise)
    {
        using var scope = NewDisposeScope();
        var tastes = new PersonalTastes(5, itemCount, rank, noise);
        using var model = new PersonalTastesModel(tastes, CPU);
        var users = arange(Users, ScalarType.Int64);
        var all = model.Probabilities(users, 0);
        var expected = Enumerable.Range(0, Users * itemCount).Select(pair => ByHand(5, itemCount, rank, noise, pair / itemCount, pair % itemCount)).ToArray();
        Assert.Equal(expected, all.data<float>().ToArray());
        for (var slots = 1; slots <= Math.Min(9, itemCount); slots++)
        {
            var slates = arange(Users * slots, ScalarType.Int64).mul(17).remainder(itemCount).view(Users, slots);
            Assert.Equal(all.gather(1, slates).data<float>().ToArray(), model.Probabilities(users, slates, 3).data<float>().ToArray());
        }
    }

    [Fact]
    public void TheTableHoldsTheSame()
    {
        using var scope = NewDisposeScope();
        var table = SyntheticPersonal.Generate(5, Users, 90, 96, .02).Responses.Probabilities;
        using var model = new PersonalTastesModel(new PersonalTastes(5, 90, 96, .02), CPU);
        Assert.Equal(table, model.Probabilities(arange(Users, ScalarType.Int64), 0).data<float>().ToArray());
    }

    // A float32 sum of 96 products of size up to 12 · .1, in another order: rounding errors of 2⁻²⁴ of partial sums below 16, some tens of them, times a slope of
    // at most .55 · 1/.6 · 1/.2 / 2 = 2.3.
    [Fact]
    public void TensorOperationsGiveTheSameUpToRounding()
    {
        using var scope = NewDisposeScope();
        var tastes = new PersonalTastes(5, 1100, 96, .02);
        var (items, users) = (tastes.ToTensors(CPU), arange(Users, ScalarType.Int64).add(1_000_000));
        var slates = arange(Users * 10, ScalarType.Int64).mul(17).remainder(1100).view(Users, 10);
        using var model = new PersonalTastesModel(tastes, CPU);
        const double tolerance = 2.3 * 16 * 96 / (1 << 24);
        Assert.True(tastes.ByTensorOperations(items, users, null).sub(model.Probabilities(users, 0)).abs().max().item<float>() < tolerance);
        Assert.True(tastes.ByTensorOperations(items, users, slates).sub(model.Probabilities(users, slates, 0)).abs().max().item<float>() < tolerance);
    }
}
