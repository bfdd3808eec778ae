using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Tests.Experiments.Comparison;

public sealed class SweepValuesTests
{
    [Theory]
    [InlineData("count", "1,4,9", "1|4|9")]
    [InlineData("flag", "true,false", "true|false")]
    [InlineData("share", "0..1", "0|0.25|0.5|0.75|1")]
    [InlineData("share", "0..1x3", "0|0.5|1")]
    [InlineData("share", "0.01..1:log", "0.01|0.03162|0.1|0.3162|1")]
    [InlineData("share", "0.01..1:logx2", "0.01|1")]
    // 1, 1.5, 2, 2.5 and 3 round to 1, 2, 2, 2 and 3.
    [InlineData("count", "1..3", "1|2|3")]
    // A list within a list, and dots that make no range.
    [InlineData("weights", "[0.5,0.5],[1]", "[0.5,0.5]|[1]")]
    [InlineData("path", "../a.csv,../b.csv", "../a.csv|../b.csv")]
    public void ValuesAreListedOrEvenlySpaced(string key, string values, string expected) =>
        Assert.Equal(expected.Split('|'), SweepValues.Of(key, values, typeof(Options)));

    [Theory]
    [InlineData("conut", "1,2", "Did you mean 'count'?")]
    [InlineData("count", "1,12", "count was 12, must be in [1, 9]")]
    [InlineData("count", "0..5", "count was 0, must be in [1, 9]")]
    [InlineData("share", "1..0", "low below high")]
    [InlineData("share", "0..1:log", "above 0 with ':log'")]
    [InlineData("share", "0..1x1", "must end with xN")]
    [InlineData("share", "0..1xmany", "must end with xN")]
    [InlineData("count", "1,,2", "count was empty")]
    public void WhatCannotBeSweptIsRefused(string key, string values, string complaint) =>
        Assert.Contains(complaint, Assert.Throws<UserMistakeException>(() => SweepValues.Of(key, values, typeof(Options))).Message, StringComparison.Ordinal);

    internal sealed record Options
    {
        [Range(1, 9)]
        public int Count { get; init; } = 1;

        [Range(0.0, 1.0)]
        public double Share { get; init; }

        public bool Flag { get; init; }

        public string Path { get; init; } = "";

        public ValueList<double> Weights { get; init; } = ValueList.Of<double>([1.0]);
    }
}
