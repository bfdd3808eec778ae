using CsCheck;
using RecDeepRL.Core.Options;

namespace RecDeepRL.Tests.Core.Options;

public sealed class NearNameTests
{
    [Theory]
    [InlineData("dpg", " Did you mean 'ddpg'?")]
    [InlineData("DDPG", " Did you mean 'ddpg'?")]
    [InlineData("thomson", " Did you mean 'thompson'?")]
    [InlineData("epsilongreedy", " Did you mean 'epsilon-greedy'?")]
    [InlineData("something-else", "")]
    public void TheNearestNameIsSuggestedIfOneIsNear(string given, string expected) =>
        Assert.Equal(expected, NearName.Suggest(given, ["ucb", "ddpg", "thompson", "epsilon-greedy"]));

    [Fact]
    public void WithoutNamesNothingIsSuggested() => Assert.Equal("", NearName.Suggest("ucb", []));

    [Fact]
    public void OfEquallyNearNamesTheFirstInTheAlphabetIsSuggested() => Assert.Equal(" Did you mean 'bat'?", NearName.Suggest("hat", ["cat", "bat"]));

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("", "abc", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("flaw", "lawn", 2)]
    [InlineData("abc", "acb", 2)]
    public void DistancesAreLevenshteins(string first, string second, int expected) => Assert.Equal(expected, NearName.Distance(first, second));

    [Fact]
    public void DistanceIsSymmetricAndObeysTheTriangle()
    {
        var word = Gen.Char['a', 'd'].Array[0, 7].Select(letters => new string(letters));
        Gen.Select(word, word, word).Sample((a, b, c) =>
            NearName.Distance(a, b) == NearName.Distance(b, a) && NearName.Distance(a, c) <= NearName.Distance(a, b) + NearName.Distance(b, c) && (NearName.Distance(a, b) == 0) == (a == b));
    }
}
