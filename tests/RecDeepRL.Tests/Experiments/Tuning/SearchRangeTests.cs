using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Tuning;

namespace RecDeepRL.Tests.Experiments.Tuning;

public sealed class SearchRangeTests
{
    [Fact]
    public void AListIsDividedEvenly()
    {
        var range = Parse("count=1,4,9");
        Assert.Equal(["1", "4", "9"], range.Values);
        Assert.Equal(["1", "1", "4", "9", "9"], new[] { 0, .33, .34, .67, 1 }.Select(range.At));
    }

    [Fact]
    public void ARangeIsUniformInTheValueOrInItsLogarithm()
    {
        Assert.Equal(["0", "0.25", "1"], new[] { 0, .25, 1 }.Select(Parse("share=0..1").At));
        // .01 · 100^.5 = .1.
        Assert.Equal(["0.01", "0.1", "1"], new[] { 0, .5, 1 }.Select(Parse("share=0.01..1:log").At));
        // 2 + .5 · 7 = 5.5, rounded to the even 6.
        Assert.Equal(["2", "6", "9"], new[] { 0, .5, 1 }.Select(Parse("count=2..9").At));
    }

    [Theory]
    [InlineData("count", "must be key=a,b,c or key=low..high")]
    [InlineData("=1,2", "must be key=a,b,c or key=low..high")]
    [InlineData("count=", "must be key=a,b,c or key=low..high")]
    [InlineData("conut=1,2", "Did you mean 'count'?")]
    [InlineData("count=1,x", "count was x, must be a whole number in [1, 9]")]
    [InlineData("count=0..5", "count was 0, must be in [1, 9]")]
    [InlineData("count=5..5", "low below high")]
    [InlineData("share=0..1:log", "above 0 with ':log'")]
    [InlineData("flag=0..1", "flag is true or false")]
    [InlineData("count=1,,2", "count was empty")]
    public void WhatCannotBeSearchedIsRefused(string text, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<UserMistakeException>(() => Parse(text)).Message, StringComparison.Ordinal);

    private static SearchRange Parse(string text) => SearchRange.Parse(text, typeof(Options));

    private sealed record Options
    {
        [Range(1, 9)]
        public int Count { get; init; } = 3;

        [Range(0.0, 1.0)]
        public double Share { get; init; } = .5;

        public bool Flag { get; init; }
    }
}
