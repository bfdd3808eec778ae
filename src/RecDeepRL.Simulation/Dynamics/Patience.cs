using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Dynamics;

/// <summary>Options of the dynamics <c>patience</c>.</summary>
internal sealed record PatienceOptions
{
    /// <summary>Patience at the beginning of a session, and the most that a user ever has, above 0. Default 4.</summary>
    [Range(0.0, double.MaxValue, MinimumIsExclusive = true)]
    public double Budget { get; init; } = 4;

    /// <summary>What a round without any response costs, at least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Silence { get; init; } = 1;

    /// <summary>What a round costs in which everything shown has lost all its appeal to the user's present state, at least 0; less in proportion. Default 2.</summary>
    [Range(0.0, double.MaxValue)]
    public double Boredom { get; init; } = 2;

    /// <summary>What each response gives back, at least 0. Default 0.25.</summary>
    [Range(0.0, double.MaxValue)]
    public double Refill { get; init; } = .25;
}

/// <summary>Users leave when their patience is used up.</summary>
/// <remarks>p' = min(budget, p − silence · [no response] − boredom · b + refill · Σ responses), where b is the share of the slate's appeal that
/// the user's state takes away (<see cref="DynamicsRound.Boredom()"/>). The user leaves at p' ≤ 0; another session begins with the whole budget.
/// After the time budget of RecSim's interest evolution (github.com/google-research/recsim, environments/interest_evolution.py; Ie et al. 2019, 'RecSim'),
/// in which a slate without a click costs a step penalty and what pleases gives time back. Deviates: rounds cost nothing
/// by themselves; boredom has a price; the budget is also the upper bound.
/// The burden of an item is what showing it in one slot is expected to use up: (boredom · b)/K − refill · appeal.</remarks>
internal sealed class Patience : IUserDynamics
{
    private readonly PatienceOptions _options;
    private readonly int _slateSize;
    private readonly Tensor _left; // [U] float32

    public Patience(PartContext context, PatienceOptions options)
        : this(options, context.SlateSize, full([context.Users.Count], options.Budget, ScalarType.Float32, context.Device)) { }

    private Patience(PatienceOptions options, int slateSize, Tensor left)
    {
        _options = options;
        _slateSize = slateSize;
        _left = left.DetachFromDisposeScope();
    }

    public string Name => "patience";

    public bool EndsSessions => true;

    public void Advance(DynamicsRound round)
    {
        using var scope = NewDisposeScope();
        var total = round.Responses.sum(1);
        var silent = total.le(0).to_type(ScalarType.Float32);
        var left = _left.index_select(0, round.UserIds)
            .sub_(silent.mul_(_options.Silence)).sub_(round.Boredom().mul_(_options.Boredom)).add_(total.mul_(_options.Refill));
        _left.index_copy_(0, round.UserIds, left.clamp_max_(_options.Budget));
    }

    /// <summary>What is left of the budget.</summary>
    public Tensor Describe() => _left.clone();

    public void Return(Tensor userIds) => Restart(userIds);

    public void Restart(Tensor userIds) => _left.index_fill_(0, userIds, _options.Budget);

    public Tensor Leaving(DynamicsRound round)
    {
        using var left = _left.index_select(0, round.UserIds);
        return left.le(0);
    }

    public Tensor Burden(Tensor userIds, Tensor rested, Tensor appeal)
    {
        using var scope = NewDisposeScope();
        return DynamicsRound.Boredom(rested, appeal).mul_(_options.Boredom / _slateSize).sub_(appeal.mul(_options.Refill)).MoveToOuterDisposeScope();
    }

    public IUserDynamics Fresh() => new Patience(_options, _slateSize, full_like(_left, _options.Budget));

    public void Save(IStateWriter writer) => writer.Write("left", _left);

    public void Load(IStateReader reader) => reader.ReadInto("left", _left);

    public void Dispose() => _left.Dispose();
}
