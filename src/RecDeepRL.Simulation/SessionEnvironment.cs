using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>An environment whose users come and go in sessions. It can play sessions apart from the run, and by them it has found how to plan.</summary>
/// <remarks>It plans by the index (expected response) − weight · (burden), as a restless bandit's index would weigh an item's gain against what it takes from
/// later rounds (Whittle 1988). The one weight is searched, see <see cref="PlanningWeight"/>; a weight of 0 is the policy of most responses now.</remarks>
internal sealed class SessionEnvironment : BatchEnvironment, IEnvironment, IPlanner
{
    private const long PairsAtOnce = 1 << 18;

    private readonly SessionOptions _options;
    private readonly PlanningWeight _weight;

    /// <param name="population">Ownership passes to the environment.</param>
    /// <param name="model">Ownership passes to the environment.</param>
    /// <param name="sampling">Probability that a user who is there takes part in a round, in (0, 1].</param>
    /// <param name="parts">With sessions.</param>
    /// <param name="candidates">Which items may be shown, of the same seed; none for all. Ownership passes to the environment.</param>
    public SessionEnvironment(
        EnvironmentSpec spec, Population population, IResponseModel model, double sampling, long seed, EnvironmentParts parts, Candidates? candidates = null)
        : base(spec, population, model, sampling, seed, parts, candidates)
    {
        _options = parts.Sessions ?? throw new ArgumentException("parts has no sessions.", nameof(parts));
        _weight = new PlanningWeight(this);
    }

    private SessionEnvironment(SessionEnvironment parent, Tensor participants, long seed)
        : base(parent, new Sessions(parent._options, UserRows.Of(parent.Spec.Users), participants), seed)
    {
        _options = parent._options;
        _weight = parent._weight;
    }

    /// <summary>What planning weighs burdens with.</summary>
    internal double Weight => _weight.Value;

    public IEnvironment BeginSessions(long seed)
    {
        using var everyone = UserRows.Of(Spec.Users).Ids(Spec.Device);
        return BeginSessions(everyone, seed);
    }

    public Tensor Plan(Observation observation) => Plan(observation, _weight.Value);

    /// <summary>Sessions of some of the users.</summary>
    /// <param name="participants">[B] int64. Borrowed.</param>
    internal SessionEnvironment BeginSessions(Tensor participants, long seed) => new(this, participants, seed);

    /// <summary>The slates of the highest index for a given weight.</summary>
    internal Tensor Plan(Observation observation, double weight)
    {
        using var gradients = no_grad();
        using var scope = NewDisposeScope();
        var slates = empty([observation.UserCount, Spec.SlateSize], ScalarType.Int64, Spec.Device);
        var rows = Math.Max(1, PairsAtOnce / Spec.ItemCount);
        for (var start = 0L; start < observation.UserCount; start += rows)
        {
            using var block = NewDisposeScope();
            var count = Math.Min(rows, observation.UserCount - start);
            var (index, burden) = Outlook(observation.UserIds.narrow(0, start, count), observation.Iteration);
            if (burden is not null && weight > 0)
                index.sub_(burden.mul_(weight));
            if (observation.EligibleItems is { } eligible)
                index.masked_fill_(eligible.narrow(0, start, count).logical_not(), float.NegativeInfinity);
            slates.narrow(0, start, count).copy_(index.topk(Spec.SlateSize, dim: 1).indexes);
        }
        return slates.MoveToOuterDisposeScope();
    }
}
