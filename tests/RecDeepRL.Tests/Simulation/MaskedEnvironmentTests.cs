using RecDeepRL.Simulation;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

public sealed class MaskedEnvironmentTests
{
    [Fact]
    public void EverySlateCanBeFilledAndNothingElseIsAccepted()
    {
        using var scope = NewDisposeScope();
        using var environment = new MaskedEnvironment(EnvironmentRegistry.Find("popular").Create(new(1, CPU, null)), 1);
        var observation = environment.Observe();
        var eligible = observation.EligibleItems!;
        Assert.Equal([observation.UserCount, 10L], eligible.shape);
        Assert.True(eligible.sum(1).ge(1).all().item<bool>());
        Assert.True(eligible.sum().item<long>() < eligible.numel());
        Assert.Throws<ArgumentException>(() => environment.Step(eligible.to_type(ScalarType.Int32).argmin(1, keepdim: true)));
        using var feedback = environment.Step(eligible.to_type(ScalarType.Int32).argmax(1, keepdim: true));
        Assert.True(feedback.Observation.EligibleItems!.equal(eligible).all().item<bool>());
        Assert.False(feedback.NextObservation.EligibleItems!.equal(eligible).all().item<bool>());
    }
}
