namespace RecDeepRL.Tests.Fuzzing;

/// <summary>Damaged files end in one line for their user. Here a fixed hundred for each reader; <c>tests/RecDeepRL.Endurance -- fuzz</c> runs as many as one likes.</summary>
public sealed class FuzzTests
{
    private const int Cases = 100;

    public static TheoryData<int, string> Targets
    {
        get
        {
            var data = new TheoryData<int, string>();
            for (var index = 0; index < FuzzTargets.All.Count; index++)
                data.Add(index, FuzzTargets.All[index]().Name);
            return data;
        }
    }

    /// <summary>What longer runs found.</summary>
    [Theory]
    [InlineData("safetensors", 3725)]
    [InlineData("safetensors", 32998)]
    [InlineData("checkpoint of ucb in popular", 7652)]
    [InlineData("checkpoint of gaussian-tastes in personal", 7832)]
    [InlineData("checkpoint of gaussian-tastes in personal", 17110)]
    [InlineData("checkpoint of gaussian-tastes in personal", 28316)]
    [InlineData("population generator", 3212)]
    [InlineData("population generator", 3727)]
    public void WhatWasFoundIsRefused(string name, long number)
    {
        using var folder = new Experiments.TemporaryFolder();
        using var run = new FuzzRun(FuzzTargets.All.Select(make => make()).Single(one => one.Name == name), folder.PathOf("case"));
        Assert.Null(run.Run(number));
        Assert.Equal(1, run.Refused);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void DamageIsRefusedOrHarmless(int target, string name)
    {
        using var folder = new Experiments.TemporaryFolder();
        using var run = new FuzzRun(FuzzTargets.All[target](), folder.PathOf("case"));
        for (var number = 0L; number < Cases; number++)
        {
            if (run.Run(number) is { } fault)
                Assert.Fail($"{name}, case {number}, file {run.Case(number).File}: {fault}");
        }
        Assert.True(run.Refused > Cases / 10, $"only {run.Refused} of {Cases} cases were refused: the damage does not reach the reader");
    }
}
