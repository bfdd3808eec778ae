using RecDeepRL.Agents.Contextual;
using RecDeepRL.Core.Randomness;
using static RecDeepRL.Core.RecommendationMode;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Contextual;

public sealed class KnnAgentTests
{
    [Fact]
    public void TheNearestResponsesDecide()
    {
        // Users at 0, 1, 2, 10, 11, 12. Item 0 was liked by those at 0, 1, 2, item 1 by the others. With k = 2, around 1 and around 11:
        // m = (1 + 2)/(2 + 2) = .75 for the one, (1 + 0)/4 = .25 for the other.
        using var scope = NewDisposeScope();
        using var agent = new KnnAgent(Toy.Context(Toy.Spec(6, 3, 3, features: 1)), new KnnOptions { Neighbours = 2 });
        var features = tensor(new[] { 0f, 1f, 2f, 10f, 11f, 12f }).unsqueeze(1);
        agent.Learn(Toy.Feedback(Toy.Observe(6, features), zeros([6, 1], ScalarType.Int64), tensor(new[] { 1f, 1f, 1f, 0f, 0f, 0f }).unsqueeze(1)));
        agent.Learn(Toy.Feedback(Toy.Observe(6, features), ones([6, 1], ScalarType.Int64), tensor(new[] { 0f, 0f, 0f, 1f, 1f, 1f }).unsqueeze(1)));
        var slates = Toy.Slates(agent, Toy.Observe(2, tensor(new[] { 1.2f, 10.8f }).unsqueeze(1)), Exploit);
        Assert.Equal([0, 1, 2], slates[0]); // The item never shown comes last.
        Assert.Equal([1, 0, 2], slates[1]);
    }

    [Fact]
    public void WithoutFeaturesTheLatestResponsesDecide()
    {
        // k = 3: of item 0 the latest three are misses, of item 1 two of the latest three are hits, although item 0 has more hits in all.
        using var scope = NewDisposeScope();
        using var agent = new KnnAgent(Toy.Context(Toy.Spec(20, 2, 2)), new KnnOptions { Neighbours = 3 });
        Toy.Teach(agent, (10, 10), (4, 0));
        Toy.Teach(agent, (3, 0), (2, 2));
        Assert.Equal([1, 0], Toy.Slates(agent, Toy.Observe(1), Exploit)[0]);
        Assert.Equal([0f, 0f, 0f], agent.Memories.Responses[0].data<float>());
        Assert.Equal(2, agent.Memories.Responses[1].sum().item<float>());
    }

    [Fact]
    public void MemoriesKeepTheLatestOfEachItemWhateverTheBatches()
    {
        // Against a list for each item, in batches smaller and larger than the room.
        const int items = 3, capacity = 4;
        using var scope = NewDisposeScope();
        using var memories = new ItemMemories(items, capacity, 1, CPU);
        var expected = Enumerable.Range(0, items).Select(_ => new List<(float Feature, float Response)>()).ToArray();
        var draws = new RandomStream(3, "memories");
        for (var batch = 0; batch < 6; batch++)
        {
            var size = batch % 2 == 0 ? 3 : 20;
            var slates = draws.Uniform(batch, CPU, size, items).argsort(1).narrow(1, 0, 2);
            var (features, responses) = (draws.Uniform(100 + batch, CPU, size, 1), draws.Uniform(200 + batch, CPU, size, 2));
            memories.Add(features, slates, responses);
            for (var user = 0; user < size; user++)
                for (var slot = 0; slot < 2; slot++)
                    expected[slates[user, slot].item<long>()].Add((features[user, 0].item<float>(), responses[user, slot].item<float>()));
            var distances = memories.Distances(zeros(1, 1)); // From 0, the square of the feature.
            for (var item = 0; item < items; item++)
            {
                var latest = expected[item].TakeLast(capacity).ToList();
                Assert.Equal(expected[item].Count, memories.Shown[item].item<long>());
                var held = Enumerable.Range(0, (int)distances.shape[2]).Where(place => float.IsFinite(distances[0, item, place].item<float>()))
                    .Select(place => (distances[0, item, place].item<float>(), memories.Responses[item, place].item<float>()));
                Assert.Equal(latest.Select(one => (one.Feature * one.Feature, one.Response)).Order(), held.Order());
            }
        }
    }

    [Fact]
    public void ExplorationDrawsFromTheNormalOfTheBeta()
    {
        // Item 0: 10 of 20 liked, Beta(11, 11): mean ½, deviation √(.25/23) = .10426. Item 1: 1 of 2, Beta(2, 2): ½ and √(.25/5) = .2236. Equal means, so each is
        // first for half of the users: 4 deviations at 20 000 users are .0141.
        using var agent = new KnnAgent(Toy.Context(Toy.Spec(20_000, 2, 1)), new KnnOptions { Scale = 1 });
        Toy.Teach(agent, (20, 10), (2, 1));
        var share = Toy.Slates(agent, Toy.Observe(20_000), Explore).Count(slate => slate[0] == 0) / 20_000.0;
        Assert.InRange(share, .5 - .0142, .5 + .0142);
        // Item 2 would need a draw .3 higher: with 17 of 20 liked against ½ the difference of means is 18/22 − ½ = .318 at a deviation of √(.1488/23 + .05) = .2376.
        using var unequal = new KnnAgent(Toy.Context(Toy.Spec(20_000, 2, 1)), new KnnOptions { Scale = 1 });
        Toy.Teach(unequal, (20, 17), (2, 1));
        var expected = MathNet.Numerics.Distributions.Normal.CDF(0, 1, ((18.0 / 22) - .5) / Math.Sqrt((18.0 / 22 * (4.0 / 22) / 23) + .05));
        share = Toy.Slates(unequal, Toy.Observe(20_000), Explore).Count(slate => slate[0] == 0) / 20_000.0;
        Assert.InRange(share, expected - .0142, expected + .0142);
    }
}
