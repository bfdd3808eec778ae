using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Collaborative;

/// <summary>Tables of counts, and agents taught by them, for the tests of collaborative agents.</summary>
internal static class Table
{
    /// <summary>Shows every user so many random slates and answers at random, with a probability for each pair.</summary>
    /// <returns>[U, N], how often each pair was shown, and how often it was answered.</returns>
    public static (Matrix<double> Shown, Matrix<double> Responses) Teach(IAgent agent, Tensor probabilities, int slateSize, int rounds, long seed = 3)
    {
        var (users, items) = ((int)probabilities.shape[0], (int)probabilities.shape[1]);
        var draws = new RandomStream(seed, "table");
        var (shown, responses) = (Matrix<double>.Build.Dense(users, items), Matrix<double>.Build.Dense(users, items));
        for (var round = 0; round < rounds; round++)
        {
            using var scope = NewDisposeScope();
            var slates = draws.Uniform(2 * round, CPU, users, items).argsort(1).narrow(1, 0, slateSize).contiguous();
            var answers = draws.Uniform((2 * round) + 1, CPU, users, slateSize).lt(probabilities.gather(1, slates)).to_type(ScalarType.Float32);
            agent.Learn(Toy.Feedback(Toy.Observe(users, drawKey: round, iteration: round), slates, answers));
            for (var user = 0; user < users; user++)
                for (var slot = 0; slot < slateSize; slot++)
                {
                    var item = (int)slates[user, slot].item<long>();
                    shown[user, item]++;
                    responses[user, item] += answers[user, slot].item<float>();
                }
        }
        return (shown, responses);
    }

    /// <summary>Teaches what each user answered to each item shown alone.</summary>
    /// <param name="answers">For each user and item, the answers 0 or 1 in a row, such as "01"; empty where never shown.</param>
    public static void Teach(IAgent agent, string[,] answers)
    {
        using var scope = NewDisposeScope();
        for (var item = 0; item < answers.GetLength(1); item++)
            for (var user = 0; user < answers.GetLength(0); user++)
                foreach (var answer in answers[user, item])
                    agent.Learn(Toy.Feedback(Toy.Observe(1, ids: tensor(new long[] { user })), tensor(new long[,] { { item } }), tensor(new float[,] { { answer - '0' } })));
    }

    /// <summary>Two halves of users of opposite taste: half of the items are worth .8 to the one and .2 to the other, half the other way round.</summary>
    /// <returns>[U, N] float32.</returns>
    public static Tensor TwoTastes(int users, int items)
    {
        using var scope = NewDisposeScope();
        var taste = cat([ones(users / 2, 1), ones(users / 2, 1).neg()]);
        var kind = cat([ones(1, items / 2), ones(1, items / 2).neg()], 1);
        return (taste * kind).mul_(.3).add_(.5).MoveToOuterDisposeScope();
    }

    public static Matrix<double> ToMatrix(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var numbers = tensor.to_type(ScalarType.Float64).contiguous().data<double>().ToArray();
        return Matrix<double>.Build.DenseOfRowMajor((int)tensor.shape[0], (int)tensor.shape[1], numbers);
    }

    public static void AssertNear(Matrix<double> expected, Matrix<double> actual, double tolerance)
    {
        Assert.Equal((expected.RowCount, expected.ColumnCount), (actual.RowCount, actual.ColumnCount));
        Assert.InRange((expected - actual).Enumerate().Max(Math.Abs), 0, tolerance);
    }
}
