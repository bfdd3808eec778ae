using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation;

/// <summary>Two users, nine items, slates of one, and a response to everything. All sessions end together after some rounds, and new visitors
/// of whom nothing is known take the users' places. Its plan is always item 7.</summary>
internal sealed class VisitingEnvironment(int sessionLength) : IEnvironment, ITruth, IPlanner
{
    private readonly List<long> _shown = [];

    public EnvironmentSpec Spec { get; } = new()
    {
        Name = "visiting",
        UserCount = 2,
        ItemCount = 9,
        SlateSize = 1,
        HistoryLength = 2,
        UserFeatureCount = 0,
        ItemFeatureCount = 0,
        Device = CPU,
        DefaultIterations = 10,
        HasEpisodes = true,
        SessionLimit = sessionLength,
        PopulationFingerprint = "",
    };

    public Population Population { get; } = new([0, 1], [0, 1, 2, 3, 4, 5, 6, 7, 8]);

    public long Iteration { get; private set; }

    public bool IsStationary => true;

    public void Reset(long seed)
    {
        Iteration = 0;
        _shown.Clear();
    }

    public Observation Observe() => ObserveAll(Iteration);

    public Observation ObserveAll(long drawKey) => new()
    {
        UserIds = arange(2, ScalarType.Int64),
        RecentItems = tensor(Enumerable.Repeat(-1L, 2).Concat(_shown).TakeLast(2).ToArray()).expand(2, 2).clone(),
        RecentResponses = tensor(Enumerable.Repeat(0f, 2).Concat(_shown.Select(_ => 1f)).TakeLast(2).ToArray()).expand(2, 2).clone(),
        Iteration = Iteration,
        DrawKey = drawKey,
    };

    public Feedback Step(Tensor slates)
    {
        var observation = Observe();
        _shown.Add(slates[0, 0].item<long>());
        Iteration++;
        var feedback = new Feedback
        {
            Observation = observation,
            Slates = slates.clone(),
            Responses = ones(2, 1),
            Reward = ones(2),
            NextObservation = Observe(),
            Terminated = zeros(2, ScalarType.Bool),
            Truncated = full([2], Iteration % sessionLength == 0, ScalarType.Bool),
        };
        if (Iteration % sessionLength == 0)
            _shown.Clear();
        return feedback;
    }

    public IEnvironment BeginSessions(long seed) => new VisitingEnvironment(sessionLength);

    public Tensor Plan(Observation observation) => full([observation.UserCount, 1], 7L, ScalarType.Int64);

    public Tensor Respond(Observation observation, Tensor slates, long seed) => ones(slates.shape);

    public Tensor ExpectedResponses(Tensor userIds, long iteration) => ones(userIds.shape[0], 9);

    public Tensor ExpectedResponses(Tensor userIds, Tensor slates, long iteration) => ones(slates.shape);

    public void Save(IStateWriter writer) { }

    public void Load(IStateReader reader) { }

    public void Dispose() => Population.Dispose();
}
