using RecDeepRL.Agents.Contextual;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Contextual;

public sealed class ContextInputsTests
{
    [Theory]
    [InlineData(true, 1, new[] { 1.0, 2, 3 })]
    [InlineData(false, 1, new[] { 2.0, 3 })]
    [InlineData(true, 2, new[] { 1.0, 2, 3, 4, 6, 9 })] // 1, x, y, x², xy, y².
    [InlineData(false, 2, new[] { 2.0, 3, 4, 6, 9 })]
    public void AnInputHoldsTheFeaturesAndWhatTheOptionsAdd(bool bias, int degree, double[] expected)
    {
        using var scope = NewDisposeScope();
        var inputs = new ContextInputs(Toy.Spec(1, 4, 1, features: 2), new LinUcbOptions { Bias = bias, Degree = degree });
        Assert.Equal(expected.Length, inputs.Width);
        Assert.Equal(expected, inputs.Of(Toy.Observe(1, tensor(new[,] { { 2f, 3f } }))).data<double>());
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public void WithoutFeaturesThereIsAlwaysTheConstant(bool bias, int degree)
    {
        using var scope = NewDisposeScope();
        var inputs = new ContextInputs(Toy.Spec(3, 4, 1), new LinUcbOptions { Bias = bias, Degree = degree });
        Assert.Equal([1.0, 1, 1], inputs.Of(Toy.Observe(3)).data<double>());
    }

    [Fact]
    public void CovariancesThatWouldNotFitAreRefusedInOneLine()
    {
        // 200 features make 1 + 200 + 20100 = 20301 inputs of degree 2, and 10 · 20301² = 4121306010 covariances.
        var context = Toy.Context(Toy.Spec(2, 10, 1, features: 200));
        var message = Assert.Throws<RecDeepRL.Core.UserMistakeException>(() => new LinUcbAgent(context, new LinUcbOptions { Degree = 2 })).Message;
        Assert.Equal("One covariance for each of 10 items over inputs of width 20301 is 4121306010 numbers; at most 134217728 are held. Set degree=1, or use fewer features or items.", message);
    }
}
