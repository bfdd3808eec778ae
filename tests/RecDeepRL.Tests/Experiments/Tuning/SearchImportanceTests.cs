using RecDeepRL.Agents.Contextual;
using RecDeepRL.Experiments.Tuning;

namespace RecDeepRL.Tests.Experiments.Tuning;

public sealed class SearchImportanceTests
{
    private static readonly SearchRange[] s_two = Ranges("alpha=0,1", "bias=false,true");

    [Fact]
    public void OptionsThatAddUpShareTheVariance()
    {
        // f = 3·alpha + bias on {0, 1}²: 0, 1, 3, 4; variance 9/4 + 1/4 = 2.5. alpha: 2.25/2.5 = .9, bias: .25/2.5 = .1; nothing together.
        var importance = SearchImportance.Of(s_two, settings => [.. settings.Select(one => (3.0 * one[0]) + one[1])], 1);

        Assert.Equal(["alpha", "bias"], importance.Select(one => one.Option));
        Assert.Equal([.9, .1], importance.Select(one => one.Alone), Near);
        Assert.Equal([.9, .1], importance.Select(one => one.WithOthers), Near);
        // Means over the other option: alpha 0: (0 + 1)/2, alpha 1: (3 + 4)/2.
        Assert.Equal([new OptionEffect("0", .5), new OptionEffect("1", 3.5)], importance[0].Effect);
    }

    [Fact]
    public void OptionsThatMatterOnlyTogetherMatterNothingAlone()
    {
        // Exclusive or: each option's means are .5 and .5, but every change of one turns 0 into 1.
        var importance = SearchImportance.Of(s_two, settings => [.. settings.Select(one => one[0] == one[1] ? 0.0 : 1)], 1);

        Assert.Equal([0, 0], importance.Select(one => one.Alone), Near);
        Assert.Equal([1, 1], importance.Select(one => one.WithOthers), Near);
    }

    [Fact]
    public void WhatChangesNothingHasNoImportance() =>
        Assert.Equal([(0, 0), (0, 0)], SearchImportance.Of(s_two, settings => [.. settings.Select(_ => 4.0)], 1).Select(one => (one.Alone, one.WithOthers)));

    [Fact]
    public void RangesAreTakenAsTheSearchDrawsThem()
    {
        // f = x + 2y for x, y uniform on [0, 1): variances 1/12 and 4/12, so .2 and .8. The option itself lies at 24 even places, the other is drawn 256 times: that the
        // sample variance of a uniform is off by its 4σ, 4·√((1/80 − 1/144)/256) = .0186 of 1/12, moves the shares by .2·.8·.22 = .036 at most.
        var importance = SearchImportance.Of(Ranges("alpha=0..1", "ridge=0.001..1"), settings => [.. settings.Select(one => one[0] + (2.0 * one[1]))], 1);

        Assert.Equal("ridge", importance[0].Option);
        Assert.Equal(.8, importance[0].Alone, .036);
        Assert.Equal(.2, importance[1].Alone, .036);
        Assert.Equal(24, importance[0].Effect.Count);
    }

    [Fact]
    public void SeedsThatOnlyTheBetterMeetAreNotTakenForGood()
    {
        // score = candidate (0, 2, 10) + seed (1: 0, 2: 5, 3: −3); the last seed met by candidates 0 and 2 alone. A plain mean would take their 10 for the seed's.
        var effect = new Dictionary<long, double> { [1] = 0, [2] = 5, [3] = -3 };
        List<(int Candidate, long Seed, double Score)> scores =
        [
            .. from candidate in new[] { (Place: 0, Worth: 0), (Place: 1, Worth: 2), (Place: 2, Worth: 10) }
               from seed in effect.Keys
               where seed < 3 || candidate.Place != 1
               select (candidate.Place, seed, candidate.Worth + effect[seed]),
        ];

        var found = SearchImportance.SeedEffects(scores);

        // Only differences between seeds can be told.
        Assert.Equal(5, found[2] - found[1], 1e-9);
        Assert.Equal(-3, found[3] - found[1], 1e-9);
    }

    [Fact]
    public void AForestFindsWhatMattersAndSaysHowWellItForetells()
    {
        // 40 settings of two options; the score is a step of the first, and nothing of the second.
        List<ScoredSetting> examples = [.. Enumerable.Range(0, 40).Select(place => new ScoredSetting(place, [place / 40f, place * 17 % 40 / 40f], place < 20 ? 0 : 1))];
        var forest = OptionForest.Fit(examples);

        Assert.Equal([0, 1], forest.Predict([[.1f, .5f], [.9f, .5f]]), (one, other) => Math.Abs(one - other) < .1);
        Assert.InRange(OptionForest.LeftOutFit(examples), .7, 1);
        var importance = SearchImportance.Of(Ranges("alpha=0..1", "ridge=0.001..1"), forest.Predict, 1);
        Assert.Equal("alpha", importance[0].Option);
        Assert.True(importance[0].Alone > .9 && importance[1].WithOthers < .1, $"{importance[0].Alone}, {importance[1].WithOthers}");

        // Scores without any rule cannot be foretold: about the mean, or worse.
        List<ScoredSetting> noise = [.. examples.Select((one, place) => one with { Score = place * 7919 % 13 % 2 })];
        Assert.True(OptionForest.LeftOutFit(noise) < .3, $"{OptionForest.LeftOutFit(noise)}");
    }

    private static bool Near(double one, double other) => Math.Abs(one - other) < 1e-12;

    private static SearchRange[] Ranges(params string[] texts) => [.. texts.Select(text => SearchRange.Parse(text, typeof(LinUcbOptions)))];
}
