using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Agents.Neural;

/// <summary>A decision process of four states and three items whose optimal values are known: users stand on a ladder, one item is shown at a time,
/// and responses and moves are certain, so that nothing but the approximation separates an agent from the truth.</summary>
/// <remarks>Item 0, 'now', pays .6 and ends the session. Item 1, 'up', pays .1 and goes one state up, at most to 3. Item 2, 'harvest', pays .9 in state 3 and
/// goes to state 1; below it pays .05 and goes to state 0. Looking one step ahead, 'now' is best everywhere but in state 3; with a discount of .8
/// it is best nowhere. Sessions of six steps are truncated, and then the next visitor stands in a state drawn at random: whoever cuts the
/// bootstrap there, or takes it from the new visitor, misses the values. The state is the user's features, one of four ones. Some users are
/// away in each round.</remarks>
internal sealed class KnownMdp : IDisposable
{
    public const int StateCount = 4;
    public const int ItemCount = 3;
    public const double Discount = 0.8;
    private const int SessionLimit = 6;
    private readonly RandomStream _luck;
    private readonly int[] _states;
    private readonly int[] _ages;
    private long _iteration;

    public KnownMdp(int users, long seed)
    {
        _luck = new RandomStream(seed, "mdp");
        _states = [.. Enumerable.Range(0, users).Select(user => user % StateCount)];
        _ages = new int[users];
        Population = new Population([.. Enumerable.Range(0, users).Select(user => (long)user)], [0, 1, 2]);
        Spec = new EnvironmentSpec
        {
            Name = "known-mdp",
            UserCount = users,
            ItemCount = ItemCount,
            SlateSize = 1,
            HistoryLength = 1,
            UserFeatureCount = StateCount,
            ItemFeatureCount = 0,
            Device = CPU,
            DefaultIterations = 100,
            HasEpisodes = true,
            SessionLimit = SessionLimit,
            PopulationFingerprint = Population.Fingerprint,
        };
    }

    public EnvironmentSpec Spec { get; }

    public Population Population { get; }

    /// <summary>Q* of each state and item, by value iteration to the last bit.</summary>
    public static double[,] OptimalValues { get; } = Iterate(Enumerable.Max);

    /// <summary>The least that each item can be worth in each state, whatever is shown afterwards.</summary>
    public static double[,] LeastValues { get; } = Iterate(Enumerable.Min);

    /// <summary>The best item of each state: up, up, up, harvest.</summary>
    public static long[] OptimalItems { get; } = [1, 1, 1, 2];

    public AgentContext ContextFor(long seed) => new(Spec, Population, seed);

    /// <summary>One user in each of the four states.</summary>
    public static Observation EveryState() => Observation([0, 1, 2, 3], [0, 1, 2, 3], 0);

    /// <summary>Whether the agent, exploiting, shows the best item in every state.</summary>
    public static bool IsOptimal(IAgent agent)
    {
        using var scope = NewDisposeScope();
        using var observation = EveryState();
        return agent.Recommend(observation, RecommendationMode.Exploit).data<long>().SequenceEqual(OptimalItems);
    }

    /// <summary>The largest distance of estimates from Q*.</summary>
    /// <param name="values">[4, 3] float32.</param>
    public static double WorstError(Tensor values) =>
        Enumerable.Range(0, StateCount * ItemCount).Max(pair => Math.Abs(values[pair / ItemCount, pair % ItemCount].item<float>() - OptimalValues[pair / ItemCount, pair % ItemCount]));

    /// <summary>Rounds of recommending, exploring, and learning.</summary>
    public void Train(IAgent agent, int rounds)
    {
        for (var round = 0; round < rounds; round++)
        {
            using var scope = NewDisposeScope();
            long[] present = [.. Enumerable.Range(0, Spec.UserCount).Select(user => (long)user).Where(user => _luck.Uniform(_iteration, user) < 0.8f)];
            var observation = Observation(present, [.. present.Select(user => _states[user])], _iteration);
            using var feedback = Step(observation, agent.Recommend(observation, RecommendationMode.Explore));
            agent.Learn(feedback);
        }
    }

    public void Dispose() => Population.Dispose();

    private Feedback Step(Observation observation, Tensor slates)
    {
        var (users, items) = (observation.UserIds.data<long>().ToArray(), slates.data<long>().ToArray());
        var moves = users.Select((user, row) => Move(_states[user], (int)items[row])).ToArray();
        var truncated = users.Select((user, row) => !moves[row].Ends && _ages[user] + 1 == SessionLimit).ToArray();
        var next = Observation(users, [.. moves.Select(move => move.Next)], _iteration + 1);
        foreach (var (row, user) in users.Index())
        {
            var restarts = moves[row].Ends || truncated[row];
            _states[user] = restarts ? (int)(_luck.Bits(_iteration, Spec.UserCount + user) % StateCount) : moves[row].Next;
            _ages[user] = restarts ? 0 : _ages[user] + 1;
        }
        _iteration++;
        var paid = tensor(moves.Select(move => (float)move.Paid).ToArray());
        return new Feedback
        {
            Observation = observation,
            Slates = slates,
            Responses = paid.unsqueeze(1),
            Reward = paid,
            NextObservation = next,
            Terminated = tensor(moves.Select(move => move.Ends).ToArray()),
            Truncated = tensor(truncated),
        };
    }

    private static (double Paid, int Next, bool Ends) Move(int state, int item) => (item, state) switch
    {
        (0, _) => (0.6, state, true),
        (1, _) => (0.1, Math.Min(state + 1, StateCount - 1), false),
        (_, StateCount - 1) => (0.9, 1, false),
        _ => (0.05, 0, false),
    };

    /// <param name="choose">From the values of a state's items to that of the item shown there.</param>
    private static double[,] Iterate(Func<IEnumerable<double>, double> choose)
    {
        var values = new double[StateCount, ItemCount];
        for (var sweep = 0; sweep < 500; sweep++)
            for (var state = 0; state < StateCount; state++)
                for (var item = 0; item < ItemCount; item++)
                {
                    var (paid, next, ends) = Move(state, item);
                    values[state, item] = paid + (ends ? 0 : Discount * choose(Enumerable.Range(0, ItemCount).Select(other => values[next, other])));
                }
        return values;
    }

    private static Observation Observation(long[] users, int[] states, long iteration)
    {
        var features = new float[users.Length, StateCount];
        foreach (var (row, state) in states.Index())
            features[row, state] = 1;
        return new Observation
        {
            UserIds = tensor(users),
            UserFeatures = tensor(features),
            RecentItems = full([users.Length, 1], -1L, ScalarType.Int64),
            RecentResponses = zeros(users.Length, 1),
            Iteration = iteration,
            DrawKey = iteration,
        };
    }
}
