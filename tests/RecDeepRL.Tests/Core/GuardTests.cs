using RecDeepRL.Core;
using RecDeepRL.Tests.Agents;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core;

public sealed class GuardTests
{
    private static readonly EnvironmentSpec s_spec = Toy.Spec(users: 9, items: 5, slateSize: 3);

    [Theory]
    [InlineData(2, 3)]
    [InlineData(-1, 3)]
    [InlineData(2, -1)]
    [InlineData(-1, -1)]
    public void AMatchingShapePasses(long rows, long columns)
    {
        using var tensor = zeros(2, 3);
        Guard.Shape(tensor, "scores", "users, items", rows, columns);
    }

    [Fact]
    public void AnotherShapeIsNamedWithWhatWasExpected()
    {
        using var tensor = zeros(64, 5);
        var error = Assert.Throws<ArgumentException>(() => Guard.Shape(tensor, "slates", "users, slots", -1, 10));
        Assert.StartsWith("slates has shape [64, 5], expected [any, 10] (users, slots).", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Guard.Shape(tensor, "slates", "users", 64));
        Assert.Throws<ArgumentException>(() => Guard.Shape(tensor, "slates", "users, slots, more", 64, 5, -1));
    }

    [Fact]
    public void ProperSlatesPass()
    {
        using var scope = NewDisposeScope();
        Guard.Slates(tensor(new long[,] { { 0, 4, 2 }, { 1, 2, 3 } }), 2, s_spec);
        Guard.Slates(zeros([0, 3], ScalarType.Int64), 0, s_spec);
        Guard.Slates(tensor(new long[,] { { 4 }, { 4 } }), 2, Toy.Spec(users: 9, items: 5, slateSize: 1));
    }

    [Fact]
    public void ImproperSlatesAreRefusedForWhatIsWrongWithThem()
    {
        using var scope = NewDisposeScope();
        Refused(tensor(new long[,] { { 0, 4 } }), 1, "slates has shape [1, 2], expected [1, 3] (users, slots).");
        Refused(tensor(new long[,] { { 0, 4, 1 } }), 2, "slates has shape [1, 3], expected [2, 3] (users, slots).");
        Refused(tensor(new int[,] { { 0, 4, 1 } }), 1, "slates has type Int32, expected Int64 (item ids).");
        Refused(tensor(new long[,] { { 0, 5, 1 } }), 1, "slates holds item ids from 0 to 5, allowed are 0 to 4.");
        Refused(tensor(new long[,] { { 0, -1, 1 } }), 1, "slates holds item ids from -1 to 1, allowed are 0 to 4.");
        Refused(tensor(new long[,] { { 0, 1, 2 }, { 4, 1, 4 } }), 2, "slates shows an item twice");
    }

    [Fact]
    public void OnlyFiniteNumbersPassAsFinite()
    {
        using var scope = NewDisposeScope();
        Guard.Finite(tensor(new[] { 0f, float.MaxValue, -1f }), "weights");
        foreach (var bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
            Assert.Contains("weights", Assert.Throws<ArithmeticException>(() => Guard.Finite(tensor(new[] { 0f, bad }), "weights")).Message, StringComparison.Ordinal);
    }

    private static void Refused(Tensor slates, long userCount, string message) =>
        Assert.StartsWith(message, Assert.Throws<ArgumentException>(() => Guard.Slates(slates, userCount, s_spec)).Message, StringComparison.Ordinal);
}
