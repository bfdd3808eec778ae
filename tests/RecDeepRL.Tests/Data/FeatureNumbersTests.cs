using RecDeepRL.Core;
using RecDeepRL.Data.Files;
using RecDeepRL.Tests.Experiments;

namespace RecDeepRL.Tests.Data;

/// <summary>A number that is none in a user's table of features is refused with its file and column.</summary>
public sealed class FeatureNumbersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("NaN")]
    [InlineData("nan")]
    [InlineData("Infinity")]
    [InlineData("-Infinity")]
    [InlineData("inf")]
    [InlineData("-inf")]
    [InlineData("+Inf")]
    [InlineData("1e400")]
    [InlineData("1e39")]
    [InlineData("-3.5e38")]
    [InlineData("")]
    [InlineData("NA")]
    public void WhatIsNoNumberIsRefusedWithItsColumn(string value)
    {
        var path = _folder.PathOf("users.csv");
        File.WriteAllText(path, $"user_idx,age,score\n0,1,0.5\n1,2,{value}\n2,3,1.5\n");
        var message = Assert.Throws<UserMistakeException>(() => FeatureFile.Read(path, "user", null)).Message;
        Assert.StartsWith($"Column 'score' of {path} holds ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void TheLargestNumberOfSinglePrecisionIsTaken()
    {
        var path = _folder.PathOf("users.csv");
        File.WriteAllText(path, "user_idx,score\n0,3.4028234e38\n1,-3.4028234e38\n");
        Assert.Equal([float.MaxValue, float.MinValue], FeatureFile.Read(path, "user", null).Features!.Values);
    }
}
