namespace RecDeepRL.Data.Synthetic;

/// <summary>Users with affinities to topics, and items of one topic each that are better or worse made.</summary>
/// <remarks>The probability of a pair is a squashed score: base + affinity of the user to the item's topic + quality of the item + what no
/// feature explains. Affinities and qualities are near normal with mean 0. Features show the affinities with noise; topic and quality outright.</remarks>
public static class SyntheticSessions
{
    private const double Base = -.4;
    private const double AffinityWeight = .9;
    private const double QualityWeight = .3;
    private const double UnexplainedWeight = .15;
    private const double FeatureNoise = .5;

    /// <param name="userCount">U, at least 1.</param>
    /// <param name="itemCount">N, at least 1.</param>
    /// <param name="topicCount">T, at least 1. Item i is of topic i modulo T.</param>
    public static PersonalData Generate(long seed, int userCount, int itemCount, int topicCount)
    {
        var draws = new ExactDraws(seed, "sessions");
        var probabilities = new float[(long)userCount * itemCount];
        var users = new float[userCount * topicCount];
        var items = new float[itemCount * (topicCount + 1)];
        var qualities = Enumerable.Range(0, itemCount).Select(item => draws.Normal(0, item)).ToArray();
        for (var item = 0; item < itemCount; item++)
        {
            items[(item * (topicCount + 1)) + (item % topicCount)] = 1;
            items[(item * (topicCount + 1)) + topicCount] = (float)qualities[item];
        }
        Parallel.For(0, userCount, user =>
        {
            var affinities = new double[topicCount];
            for (var topic = 0; topic < topicCount; topic++)
            {
                var lane = ((long)user * topicCount) + topic;
                affinities[topic] = draws.Normal(1, lane);
                users[lane] = (float)(affinities[topic] + (FeatureNoise * draws.Normal(2, lane)));
            }
            for (var item = 0; item < itemCount; item++)
            {
                var pair = ((long)user * itemCount) + item;
                var score = Base + (AffinityWeight * affinities[item % topicCount]) + (QualityWeight * qualities[item]) + (UnexplainedWeight * draws.Normal(3, pair));
                probabilities[pair] = (float)ExactDraws.Squash(score);
            }
        });
        return new PersonalData
        {
            Responses = new ResponseTable { UserKeys = Keys(userCount), ItemKeys = Keys(itemCount), Probabilities = probabilities },
            Users = new FeatureTable { Names = [.. Enumerable.Range(0, topicCount).Select(topic => $"affinity:{topic}")], Values = users },
            Items = new FeatureTable { Names = [.. Enumerable.Range(0, topicCount).Select(topic => $"topic:{topic}"), "quality"], Values = items },
        };
    }

    private static long[] Keys(int count) => [.. Enumerable.Range(0, count).Select(key => (long)key)];
}
