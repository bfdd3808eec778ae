using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Dynamics;

/// <summary>Options of the dynamics <c>satiation</c>.</summary>
internal sealed record SatiationOptions
{
    /// <summary>Share of the satiation that stays from one round to the next, in [0, 1). Default 0.8.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Retention { get; init; } = .8;

    /// <summary>How strongly satiation lowers appeal, at least 0: a level of 1 divides it by e to this power. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Influence { get; init; } = .5;

    /// <summary>What each shown item adds to the satiation with its topic, at least 0. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exposure { get; init; } = 1;

    /// <summary>What a response to a shown item adds besides, at least 0. Default 0.</summary>
    [Range(0.0, double.MaxValue)]
    public double Consumption { get; init; }

    /// <summary>How the names of the item features begin that tell topics; an item's topic is the one of the highest value. Default topic:.</summary>
    public string Topics { get; init; } = "topic:";
}

/// <summary>Users tire of topics that they are shown and recover from them.</summary>
/// <remarks>With s the satiation of a user with a topic: s' = retention · (s + Σ (exposure + consumption · response)), the sum over the shown
/// items of the topic; a round of rest is s' = retention · s. Leqi, Kılınç-Karzan, Lipton and Montgomery 2021, 'Rebounding Bandits for
/// Modeling Satiation Effects', section 3, with exposure 1.
/// Deviates: appeal is multiplied by exp(−influence · s), where the paper subtracts influence · s, so that it stays in [0, 1];
/// satiation belongs to the topic and not to the item; there is no noise; responses may add to it.
/// The burden of an item is the appeal that resting would give back: rested appeal − present appeal.</remarks>
internal sealed class Satiation : IUserDynamics
{
    private readonly SatiationOptions _options;
    private readonly Tensor _topics; // [N] int64
    private readonly Tensor _levels; // [U, T] float32

    public Satiation(PartContext context, SatiationOptions options)
    {
        _options = options;
        (_topics, var count) = ItemColumns.Topics(context, "satiation", options.Topics);
        _topics.DetachFromDisposeScope();
        _levels = zeros([context.Users.Count, count], ScalarType.Float32, context.Device).DetachFromDisposeScope();
    }

    private Satiation(Satiation other)
    {
        _options = other._options;
        _topics = other._topics.clone().DetachFromDisposeScope();
        _levels = zeros_like(other._levels).DetachFromDisposeScope();
    }

    public string Name => "satiation";

    public Tensor Adjust(Tensor appeal, Tensor userIds, Tensor items)
    {
        using var scope = NewDisposeScope();
        var kept = _levels.index_select(0, userIds).mul_(-_options.Influence).exp_();
        return kept.gather(1, TopicsOf(items)).mul_(appeal).MoveToOuterDisposeScope();
    }

    public void Advance(DynamicsRound round)
    {
        using var scope = NewDisposeScope();
        var added = round.Responses.mul(_options.Consumption).add_(_options.Exposure);
        var levels = _levels.index_select(0, round.UserIds).scatter_add_(1, TopicsOf(round.Slates), added).mul_(_options.Retention);
        _levels.index_copy_(0, round.UserIds, levels);
    }

    public void Rest(Tensor userIds)
    {
        using var scope = NewDisposeScope();
        _levels.index_copy_(0, userIds, _levels.index_select(0, userIds).mul_(_options.Retention));
    }

    /// <summary>A user's mean satiation with a topic.</summary>
    public Tensor Describe() => _levels.mean([1L]);

    public void Restart(Tensor userIds) => _levels.index_fill_(0, userIds, 0);

    public Tensor Burden(Tensor userIds, Tensor rested, Tensor appeal) => rested.sub(appeal);

    public IUserDynamics Fresh() => new Satiation(this);

    public void Save(IStateWriter writer) => writer.Write("levels", _levels);

    public void Load(IStateReader reader) => reader.ReadInto("levels", _levels);

    public void Dispose()
    {
        _topics.Dispose();
        _levels.Dispose();
    }

    private Tensor TopicsOf(Tensor items)
    {
        using var scope = NewDisposeScope();
        return _topics.index_select(0, items.reshape(-1)).reshape(items.shape).MoveToOuterDisposeScope();
    }
}
