using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Dynamics;

/// <summary>Which way consumption pulls tastes.</summary>
public enum DriftDirection
{
    /// <summary>Users come to like more of what they consume.</summary>
    Towards,

    /// <summary>Users seek something else than what they consume.</summary>
    Away,
}

/// <summary>Options of the dynamics <c>interest-drift</c>.</summary>
internal sealed record InterestDriftOptions
{
    /// <summary>How far one response pulls tastes, at least 0. Default 0.1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Rate { get; init; } = .1;

    /// <summary>Share of the change that stays from one round to the next, in [0, 1]. Default 1.</summary>
    [Range(0.0, 1.0)]
    public double Retention { get; init; } = 1;

    /// <summary>The most that the log-odds of an item ever change, at least 0. Default 2.</summary>
    [Range(0.0, double.MaxValue)]
    public double Bound { get; init; } = 2;

    /// <summary>Whether tastes move towards what is consumed or away from it. Default towards.</summary>
    public DriftDirection Direction { get; init; } = DriftDirection.Towards;

    /// <summary>How the names of the item features begin that tastes move along; empty for all named features. Default topic:.</summary>
    public string Features { get; init; } = "topic:";
}

/// <summary>Tastes follow what users consume, or flee from it.</summary>
/// <remarks>With f the features of an item, a user holds a change of taste d: d' = retention · d ± rate · Σ response · f over the shown items, each entry
/// bounded by ±bound. The odds of a response are multiplied by exp(d·f), the exponent bounded alike. With a column of 0 and 1 for each
/// topic, d is one number for each topic; with other features, items that resemble the consumed ones rise with them.
/// That responses pull tastes towards or away is the model of Dean and Morgenstern 2022, 'Preference Dynamics Under Personalized
/// Recommendations', section 3. Deviates: theirs moves a vector on the sphere, this one adds to log-odds within a bound, so that
/// it works on any response model of clicks. Appeals have to lie in [0, 1]; 0 and 1 stay what they are.</remarks>
internal sealed class InterestDrift : IUserDynamics
{
    private readonly InterestDriftOptions _options;
    private readonly Tensor _features; // [N, C] float32
    private readonly Tensor _changes; // [U, C] float32

    public InterestDrift(PartContext context, InterestDriftOptions options)
    {
        _options = options;
        _features = ItemColumns.Values(context, "interest-drift", options.Features).DetachFromDisposeScope();
        _changes = zeros([context.Users.Count, _features.size(1)], ScalarType.Float32, context.Device).DetachFromDisposeScope();
    }

    private InterestDrift(InterestDrift other)
    {
        _options = other._options;
        _features = other._features.clone().DetachFromDisposeScope();
        _changes = zeros_like(other._changes).DetachFromDisposeScope();
    }

    public string Name => "interest-drift";

    public Tensor Adjust(Tensor appeal, Tensor userIds, Tensor items)
    {
        using var scope = NewDisposeScope();
        var factor = Changes(userIds, items).clamp_(-_options.Bound, _options.Bound).exp_();
        var odds = factor.mul_(appeal);
        return odds.div(appeal.neg().add_(1).add_(odds)).MoveToOuterDisposeScope();
    }

    public void Advance(DynamicsRound round)
    {
        using var scope = NewDisposeScope();
        var sign = _options.Direction == DriftDirection.Towards ? 1 : -1;
        var consumed = round.Responses.unsqueeze(1).bmm(FeaturesOf(round.Slates)).squeeze(1).mul_(sign * _options.Rate);
        var changes = _changes.index_select(0, round.UserIds).mul_(_options.Retention).add_(consumed).clamp_(-_options.Bound, _options.Bound);
        _changes.index_copy_(0, round.UserIds, changes);
    }

    /// <summary>How far tastes have moved: the length of the change.</summary>
    public Tensor Describe()
    {
        using var scope = NewDisposeScope();
        return _changes.square().sum(1).sqrt_().MoveToOuterDisposeScope();
    }

    public void Rest(Tensor userIds)
    {
        using var scope = NewDisposeScope();
        _changes.index_copy_(0, userIds, _changes.index_select(0, userIds).mul_(_options.Retention));
    }

    public void Restart(Tensor userIds) => _changes.index_fill_(0, userIds, 0);

    public IUserDynamics Fresh() => new InterestDrift(this);

    public void Save(IStateWriter writer) => writer.Write("changes", _changes);

    public void Load(IStateReader reader) => reader.ReadInto("changes", _changes);

    public void Dispose()
    {
        _features.Dispose();
        _changes.Dispose();
    }

    /// <summary>d·f of each item.</summary>
    private Tensor Changes(Tensor userIds, Tensor items)
    {
        using var scope = NewDisposeScope();
        var changes = _changes.index_select(0, userIds);
        // Few items: their features; many: one matrix product over all, from which the items are picked.
        var result = items.size(1) * 2 < _features.size(0)
            ? FeaturesOf(items).bmm(changes.unsqueeze(2)).squeeze(2)
            : changes.mm(_features.t()).gather(1, items);
        return result.MoveToOuterDisposeScope();
    }

    /// <returns>[B, K, C].</returns>
    private Tensor FeaturesOf(Tensor items)
    {
        using var scope = NewDisposeScope();
        return _features.index_select(0, items.reshape(-1)).reshape(items.size(0), items.size(1), _features.size(1)).MoveToOuterDisposeScope();
    }
}
