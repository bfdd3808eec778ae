using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Dynamics;

/// <summary>Options of the dynamics <c>satisfaction</c>.</summary>
internal sealed record SatisfactionOptions
{
    /// <summary>Share of the exposure remembered from one round to the next, in [0, 1). Default 0.7.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Memory { get; init; } = .7;

    /// <summary>How steeply satisfaction follows the exposure, at least 0. Default 0.2.</summary>
    [Range(0.0, double.MaxValue)]
    public double Sensitivity { get; init; } = .2;

    /// <summary>Standard deviation of the chance part of the exposure in each round, at least 0. Default 0.05.</summary>
    [Range(0.0, double.MaxValue)]
    public double Innovation { get; init; } = .05;

    /// <summary>The item feature that tells how much of a click bait an item is, from 0 to 1: the first whose name begins so. Default clickbait.</summary>
    public string Clickbait { get; init; } = "clickbait";
}

/// <summary>Items that lure lower a hidden satisfaction, and with it the appeal of everything; honest ones raise it.</summary>
/// <remarks>The long-term satisfaction of RecSim (github.com/google-research/recsim, environments/long_term_satisfaction.py; Ie et al. 2019, 'RecSim',
/// section 5): with c the score of what was shown, the net positive exposure e follows e' = memory · e − 2·(c − ½) + N(0, innovation²), the satisfaction is
/// sigmoid(sensitivity · e), and the appeal is multiplied by it. Everybody begins with an exposure drawn uniformly within ±½/(1 − memory).
/// Deviates: c is the mean score of the slate, of which RecSim's user takes the first item alone; a user begins every fresh session with the
/// same exposure, drawn once, where RecSim draws it anew; a round of rest is e' = memory · e, which RecSim does not have;
/// the sensitivity is .2 by default and not .01, at which luring always pays.
/// The burden of an item is its score.</remarks>
internal sealed class Satisfaction : IUserDynamics
{
    private readonly SatisfactionOptions _options;
    private readonly Tensor _scores; // [N] float32
    private readonly Tensor _start; // [U] float32
    private readonly Tensor _exposure; // [U] float32

    public Satisfaction(PartContext context, SatisfactionOptions options)
    {
        _options = options;
        using var scope = NewDisposeScope();
        _scores = ItemColumns.Values(context, Name, options.Clickbait).select(1, 0).clone().DetachFromDisposeScope();
        var luck = new RandomStream(context.Seed, "dynamics:satisfaction:start").Uniform(0, UserRows.Of(context.Users).Ids(context.Device));
        _start = luck.sub_(.5).div_(1 - options.Memory).DetachFromDisposeScope();
        _exposure = _start.clone().DetachFromDisposeScope();
    }

    private Satisfaction(Satisfaction other)
    {
        _options = other._options;
        _scores = other._scores.clone().DetachFromDisposeScope();
        _start = other._start.clone().DetachFromDisposeScope();
        _exposure = _start.clone().DetachFromDisposeScope();
    }

    public string Name => "satisfaction";

    public Tensor Adjust(Tensor appeal, Tensor userIds, Tensor items)
    {
        using var scope = NewDisposeScope();
        var satisfaction = _exposure.index_select(0, userIds).mul_(_options.Sensitivity).sigmoid_();
        return satisfaction.unsqueeze(1).mul(appeal).MoveToOuterDisposeScope();
    }

    public void Advance(DynamicsRound round)
    {
        using var scope = NewDisposeScope();
        var score = _scores.index_select(0, round.Slates.reshape(-1)).reshape(round.Slates.shape).mean([1L]);
        // Coins are multiples of 2⁻²⁴ from 0; half a step up, the normal quantile is finite. Float64, lest the last step round to 1.
        var chance = special.ndtri(round.Coins().to_type(ScalarType.Float64).add_(1.0 / (1 << 25))).mul_(_options.Innovation).to_type(ScalarType.Float32);
        var exposure = _exposure.index_select(0, round.UserIds).mul_(_options.Memory).sub_(score.sub_(.5).mul_(2)).add_(chance);
        _exposure.index_copy_(0, round.UserIds, exposure);
    }

    /// <summary>The satisfaction, in (0, 1).</summary>
    public Tensor Describe()
    {
        using var scope = NewDisposeScope();
        return _exposure.mul(_options.Sensitivity).sigmoid_().MoveToOuterDisposeScope();
    }

    public void Rest(Tensor userIds)
    {
        using var scope = NewDisposeScope();
        _exposure.index_copy_(0, userIds, _exposure.index_select(0, userIds).mul_(_options.Memory));
    }

    public void Restart(Tensor userIds)
    {
        using var start = _start.index_select(0, userIds);
        _exposure.index_copy_(0, userIds, start);
    }

    public Tensor Burden(Tensor userIds, Tensor rested, Tensor appeal)
    {
        using var rows = _scores.expand(userIds.size(0), _scores.size(0));
        return rows.clone();
    }

    public IUserDynamics Fresh() => new Satisfaction(this);

    public void Save(IStateWriter writer) => writer.Write("exposure", _exposure);

    public void Load(IStateReader reader) => reader.ReadInto("exposure", _exposure);

    public void Dispose()
    {
        _scores.Dispose();
        _start.Dispose();
        _exposure.Dispose();
    }
}
