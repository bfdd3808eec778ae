namespace RecDeepRL.Tests.Fuzzing;

/// <summary>Damaged files end in one line for their user. Here a fixed few hundred for each reader; <c>tests/RecDeepRL.Endurance -- fuzz</c> runs as many as one likes.</summary>
public sealed class FuzzTests
{
    private const int Cases = 200;

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
