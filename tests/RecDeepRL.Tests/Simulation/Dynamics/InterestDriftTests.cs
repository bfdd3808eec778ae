using RecDeepRL.Simulation.Dynamics;
using static RecDeepRL.Tests.Simulation.SmallSessions;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Dynamics;

public sealed class InterestDriftTests
{
    [Theory]
    [InlineData(DriftDirection.Towards, .5, .622459)] // odds 1 · e^.5
    [InlineData(DriftDirection.Away, .5, .377541)] // odds 1 · e^−.5
    [InlineData(DriftDirection.Towards, 10, .880797)] // bounded: odds e^2
    public void ResponsesPullTheOddsOfWhatResembles(DriftDirection direction, double rate, double expected)
    {
        using var scope = NewDisposeScope();
        using var population = People(1);
        using var part = new InterestDrift(Context(population), new InterestDriftOptions { Rate = rate, Bound = 2, Direction = direction });
        // Items 0 and 1 were shown, 0 was responded to; 3 is of its topic, 4 of the other's.
        part.Advance(Round(Ids(0), Ids(0, 1).reshape(1, 2), tensor([1f, 0f]).reshape(1, 2)));
        part.Adjust(full([1, 2], .5f), Ids(0), Ids(3, 4).reshape(1, 2)).AssertNear(expected, .5);
        // The impossible and the certain stay so.
        part.Adjust(tensor([0f, 1f]).reshape(1, 2), Ids(0), Ids(0, 3).reshape(1, 2)).AssertNear(0, 1);
    }

    [Fact]
    public void ChangesFadeAsFastAsTheyAreForgotten()
    {
        using var scope = NewDisposeScope();
        using var population = People(1);
        using var part = new InterestDrift(Context(population), new InterestDriftOptions { Rate = .5, Retention = .5 });
        part.Advance(Round(Ids(0), Ids(0, 3).reshape(1, 2), ones([1, 2])));
        part.Rest(Ids(0));
        // Two responses of one topic: d = 1; after a rest .5, odds e^.5.
        part.Adjust(full([1, 1], .5f), Ids(0), Ids(0).reshape(1, 1)).AssertNear(.622459);
    }

    [Fact]
    public void OtherFeaturesPullByResemblance()
    {
        using var scope = NewDisposeScope();
        using var population = People(1);
        using var part = new InterestDrift(Context(population), new InterestDriftOptions { Rate = 1, Features = "clickbait" });
        // Item 5 has the feature 1: d = 1. Item 2 has .4: odds e^.4 = 1.491825, probability .598688.
        part.Advance(Round(Ids(0), Ids(5, 0).reshape(1, 2), tensor([1f, 1f]).reshape(1, 2)));
        part.Adjust(full([1, 2], .5f), Ids(0), Ids(2, 0).reshape(1, 2)).AssertNear(.598688, .5);
    }
}
