using CsCheck;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Choices;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Choices;

public sealed class ChoiceModelTests
{
    private const int Slots = 3;

    /// <summary>Every registered choice model, with its defaults and with others.</summary>
    public static TheoryData<string> Models =>
    [
        .. ChoiceRegistry.All.Select(one => one.Name),
        """{"kind":"position-based","examination":[0.9,0.9,0.1]}""",
        """{"kind":"position-based","eta":0}""",
        """{"kind":"cascade","continuation":0.3}""",
        """{"kind":"cascade","continuation":1}""",
        """{"kind":"multinomial-logit","noChoiceWeight":0.2}""",
    ];

    [Fact]
    public void AnItemFurtherDownIsExaminedLess()
    {
        // η = 1: .8 / 1, .5 / 2, .6 / 3. Given: .8 · 1, .5 · .5, .6 · .25.
        AssertExpected("position-based", [.8f, .5f, .6f], [.8f, .25f, .2f]);
        AssertExpected("""{"kind":"position-based","examination":[1,0.5,0.25]}""", [.8f, .5f, .6f], [.8f, .25f, .15f]);
        // η = 2: 1, 1/4, 1/9.
        AssertExpected("""{"kind":"position-based","eta":2}""", [.8f, .8f, .9f], [.8f, .2f, .1f]);
    }

    [Fact]
    public void AReaderStopsAtTheFirstResponse() =>
        // .5, (1 − .5) · .4, (1 − .5) · (1 − .4) · .2.
        AssertExpected("cascade", [.5f, .4f, .2f], [.5f, .2f, .06f]);

    [Fact]
    public void AReaderWhoGoesOnSeesMore() =>
        // Going on past an item: 1 − .5 · .75 = .625, then · (1 − .4 · .75) = .4375. So .5, .625 · .4, .4375 · .2.
        AssertExpected("""{"kind":"cascade","continuation":0.25}""", [.5f, .4f, .2f], [.5f, .25f, .0875f]);

    [Fact]
    public void ItemsCompeteByTheirOdds()
    {
        // Odds 1, 3 and 1/4; with no choice 1 they add up to 5.25, with no choice 2 to 6.25.
        AssertExpected("multinomial-logit", [.5f, .75f, .2f], [1 / 5.25f, 3 / 5.25f, .25f / 5.25f]);
        AssertExpected("""{"kind":"multinomial-logit","noChoiceWeight":2}""", [.5f, .75f, .2f], [1 / 6.25f, 3 / 6.25f, .25f / 6.25f]);
    }

    [Theory]
    [InlineData("independent")]
    [InlineData("position-based")]
    [InlineData("cascade")]
    [InlineData("multinomial-logit")]
    public void AnItemShownAloneGetsItsAppeal(string model)
    {
        using var scope = NewDisposeScope();
        var appeal = linspace(0, 1, 101, ScalarType.Float32).unsqueeze(1);
        Assert.True(Make(model).Expected(appeal).allclose(appeal, rtol: 0, atol: 1e-7));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void ResponsesComeAsOftenAsExpected(string text)
    {
        // For each slot: n = 40 000 coins, 4 sigma = 4 · sqrt(p (1 − p) / n).
        using var scope = NewDisposeScope();
        var model = Make(text);
        foreach (var appeal in new[] { new[] { .5f, .4f, .2f }, [.05f, .95f, .5f], [0f, 1f, .7f] })
        {
            var rows = tensor(appeal).expand(40_000, Slots).clone();
            var (coins, userCoins) = Coins(40_000);
            var responses = model.Draw(rows, coins, userCoins);
            Assert.True(responses.eq(0f).logical_or(responses.eq(1f)).all().item<bool>());
            var (rates, expected) = (responses.mean([0L]).data<float>().ToArray(), model.Expected(rows)[0].data<float>().ToArray());
            for (var slot = 0; slot < Slots; slot++)
            {
                var tolerance = 4 * Math.Sqrt(Math.Max(0, expected[slot] * (1 - expected[slot])) / 40_000);
                Assert.InRange(rates[slot], expected[slot] - tolerance - 1e-6, expected[slot] + tolerance + 1e-6);
            }
        }
    }

    [Fact]
    public void ACascadeGivesEachPatternOfResponsesAsOftenAsAReaderWould()
    {
        // All eight patterns by enumeration: read from the top, respond with the appeal, go on after a response with .3.
        float[] appeal = [.5f, .4f, .6f];
        var probabilities = new double[8];
        for (var pattern = 0; pattern < 8; pattern++)
            probabilities[pattern] = Probability(pattern, 0);
        Assert.Equal(1, probabilities.Sum(), 1e-6);

        using var scope = NewDisposeScope();
        var (coins, userCoins) = Coins(40_000);
        var responses = Make("""{"kind":"cascade","continuation":0.3}""").Draw(tensor(appeal).expand(40_000, Slots), coins, userCoins);
        var codes = responses.mul(tensor(new[] { 1f, 2f, 4f })).sum(1).data<float>().ToArray();
        Chance.AssertFrequencies([.. Enumerable.Range(0, 8).Select(pattern => (long)codes.Count(code => code == pattern))], probabilities);

        double Probability(int pattern, int slot)
        {
            if (slot == Slots)
                return 1;
            var rest = pattern >> (slot + 1);
            return (pattern >> slot & 1) == 0
                ? (1 - appeal[slot]) * Probability(pattern, slot + 1)
                : appeal[slot] * ((.3 * Probability(pattern, slot + 1)) + (rest == 0 ? .7 : 0));
        }
    }

    [Fact]
    public void CompetingItemsGetAtMostOneResponseAndTheRestIsNone()
    {
        using var scope = NewDisposeScope();
        var (coins, userCoins) = Coins(40_000);
        var responses = Make("multinomial-logit").Draw(tensor(new[] { .5f, .75f, .2f }).expand(40_000, Slots), coins, userCoins);
        var total = responses.sum(1);
        Assert.True(total.le(1f).all().item<bool>());
        var counts = cat([responses.sum([0L]), total.eq(0f).sum().to_type(ScalarType.Float32).unsqueeze(0)]).data<float>().Select(count => (long)count).ToArray();
        Chance.AssertFrequencies(counts, [1 / 5.25, 3 / 5.25, .25 / 5.25, 1 / 5.25]);
    }

    [Fact]
    public void AChosenItemStaysChosenWhereARivalIsTakenAway() => Gen.Float[.01f, .99f].Array[Slots].Sample(appeal =>
    {
        using var scope = NewDisposeScope();
        var model = Make("multinomial-logit");
        var (coins, userCoins) = Coins(200);
        var rows = tensor(appeal).expand(200, Slots);
        var all = model.Draw(rows, coins, userCoins);
        var fewer = model.Draw(rows.narrow(1, 0, 2), coins.narrow(1, 0, 2), userCoins);
        Assert.True(fewer.ge(all.narrow(1, 0, 2)).all().item<bool>());
        // And where the first two go without a response now, the third one had it, or nobody.
        Assert.True(all.narrow(1, 0, 2).eq(fewer).all(1).logical_or(all[.., 2].eq(1f)).all().item<bool>());
    }, iter: 20, threads: 1);

    [Fact]
    public void TheOrderOfCompetingItemsDoesNotMatter()
    {
        using var scope = NewDisposeScope();
        var model = Make("multinomial-logit");
        var (coins, userCoins) = Coins(500);
        var rows = tensor(new[] { .5f, .75f, .2f }).expand(500, Slots);
        Assert.True(model.Draw(rows, coins, userCoins).flip(1).SameAs(model.Draw(rows.flip(1), coins.flip(1), userCoins)));
    }

    [Fact]
    public void WhoRespondsToAnItemRespondsToItInEveryBetterSlot()
    {
        using var scope = NewDisposeScope();
        var model = Make("position-based");
        var (coins, userCoins) = Coins(2000);
        var first = coins.narrow(1, 0, 1).expand(2000, Slots);
        var responses = model.Draw(full([2000, Slots], .7f), first, userCoins);
        Assert.True(responses.narrow(1, 0, 2).ge(responses.narrow(1, 1, 2)).all().item<bool>());
        Assert.True(responses[.., 0].sum().item<float>() > responses[.., 2].sum().item<float>());
    }

    [Fact]
    public void AReaderWhoAlwaysGoesOnAnswersEachItemForItself()
    {
        using var scope = NewDisposeScope();
        var (coins, userCoins) = Coins(2000);
        var appeal = new RandomStream(3, "appeal").Uniform(0, CPU, 2000, Slots);
        Assert.True(Make("independent").Draw(appeal, coins, userCoins).SameAs(Make("""{"kind":"cascade","continuation":1}""").Draw(appeal, coins, userCoins)));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void TheMostAppealingItemsBestFirstMakeTheBestSlate(string text)
    {
        // What ITruth.SlotsAreIndependent promises, against all 60 slates of 3 out of 5 items.
        using var scope = NewDisposeScope();
        float[] appeal = [.9f, .7f, .55f, .3f, .1f];
        var slates = (from a in appeal from b in appeal from c in appeal where a != b && b != c && a != c select new[] { a, b, c }).ToList();
        Assert.Equal(60, slates.Count);
        var values = Make(text).Expected(tensor(slates.SelectMany(slate => slate).ToArray(), [60, Slots])).sum(1).data<float>().ToArray();
        Assert.Equal(values.Max(), values[slates.FindIndex(slate => slate.SequenceEqual(appeal.Take(Slots)))], 1e-6);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void NoUsersAndASingleSlotAreAnswered(string text)
    {
        using var scope = NewDisposeScope();
        var model = Make(text);
        Assert.Equal([0L, Slots], model.Draw(zeros(0, Slots), zeros(0, Slots), zeros(0)).shape);
        Assert.Equal([0L, Slots], model.Expected(zeros(0, Slots)).shape);
        Assert.Equal([2L, 1L], model.Draw(ones(2, 1), zeros(2, 1), zeros(2)).shape);
    }

    [Theory]
    [InlineData("""{"kind":"position-based","examination":[1,0.5]}""", "examination has 2 values, must have 3")]
    [InlineData("""{"kind":"position-based","examination":[0.5,1,0.5]}""", "must not rise")]
    [InlineData("""{"kind":"position-based","examination":[2,1,1]}""", "each in [0, 1]")]
    [InlineData("""{"kind":"multinomial-logit","noChoiceWeight":0}""", "must be in (0, 1000000]")]
    [InlineData("cascad", "Did you mean 'cascade'?")]
    public void ImproperModelsAreRefused(string text, string told) =>
        Assert.Contains(told, Assert.Throws<UserMistakeException>(() => Make(text)).Message, StringComparison.Ordinal);

    private static IChoiceModel Make(string text)
    {
        var part = PartList.Parse(text)[0];
        var registration = ChoiceRegistry.Find(part.Kind);
        using var population = new Population([0], [0]);
        return registration.Create(new PartContext(population, CPU, 1, Slots, 10), OptionsBinder.Bind(registration.OptionsType, part.Options));
    }

    private static (Tensor Coins, Tensor UserCoins) Coins(int rows) =>
        (new RandomStream(5, "coins").Uniform(0, CPU, rows, Slots), new RandomStream(5, "users").Uniform(0, CPU, rows));

    private static void AssertExpected(string text, float[] appeal, float[] expected)
    {
        using var scope = NewDisposeScope();
        var actual = Make(text).Expected(tensor(appeal).unsqueeze(0)).data<float>().ToArray();
        Assert.Equal(expected.Length, actual.Length);
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }
}
