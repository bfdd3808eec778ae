using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Bandits;

/// <summary>Options of Kalman-filter Thompson sampling.</summary>
public sealed record KalmanThompsonOptions
{
    /// <summary>Whether trends are lines of the log-odds or of the probability itself. Default logit.</summary>
    public TrendScale Scale { get; init; } = TrendScale.Logit;

    /// <summary>Mean response of an item before it is shown. In (0, 1). Default 0.3.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double PriorMean { get; init; } = 0.3;

    /// <summary>Standard deviation of an item's level, on the scale, before it is shown. At least 0.001. Default 1.2.</summary>
    [Range(0.001, double.MaxValue)]
    public double PriorDeviation { get; init; } = 1.2;

    /// <summary>Standard deviation of an item's slope per round, on the scale, before it is shown. At least 0. Default 0.15.</summary>
    [Range(0.0, double.MaxValue)]
    public double PriorSlopeDeviation { get; init; } = 0.15;

    /// <summary>Standard deviation of a level's own steps from round to round. At least 0. Default 0.04.</summary>
    [Range(0.0, double.MaxValue)]
    public double LevelNoise { get; init; } = 0.04;

    /// <summary>Standard deviation of a slope's own steps from round to round. At least 0. Default 0.01.</summary>
    [Range(0.0, double.MaxValue)]
    public double SlopeNoise { get; init; } = 0.01;

    /// <summary>φ, what is left of a slope after a round. In [0, 1]; 1 lets trends go on. Default 1.</summary>
    [Range(0.0, 1.0)]
    public double Damping { get; init; } = 1;

    /// <summary>Factor of the posterior's standard deviation in a draw. At least 0; 1 is Thompson sampling. Default 0.7.</summary>
    [Range(0.0, double.MaxValue)]
    public double Exploration { get; init; } = 0.7;

    /// <summary>Which part of the users is given worlds drawn from the posterior, the others what is best by the estimates. In [0, 1]; 1 is Thompson sampling. Default 0.6.</summary>
    [Range(0.0, 1.0)]
    public double Explorers { get; init; } = 0.6;

    /// <summary>How many rounds ahead of the one to come the worlds drawn lie: with more, rising items are tried earlier. At least 0. Default 0.</summary>
    [Range(0.0, double.MaxValue)]
    public double LookAhead { get; init; }
}

/// <summary>Thompson sampling on items whose worth has a trend: a Kalman filter follows level and slope of each.</summary>
/// <remarks>θᵤᵢ ~ N(mᵢ, c²·vᵢ) with mean and variance of the level predicted by <see cref="LocalTrends"/>. Exploit mode ranks by the level predicted for the
/// round to come and puts items never shown last. Responses have to lie in [0, 1].</remarks>
internal sealed class KalmanThompsonAgent : PosteriorAgent
{
    private readonly KalmanThompsonOptions _options;
    private readonly LocalTrends _trends;
    private readonly RandomStream _draws;
    private readonly RandomStream _explorers;

    public KalmanThompsonAgent(AgentContext context, KalmanThompsonOptions options) : base(context, "kalman-thompson", new ItemStatistics(context.Spec))
    {
        (_options, _draws, _explorers) = (options, Stream("draws"), Stream("explorers"));
        var noise = new TrendNoise(options.LevelNoise, options.SlopeNoise, options.Damping);
        _trends = new LocalTrends(context.Spec, options.Scale, new TrendPrior(options.PriorMean, options.PriorDeviation, options.PriorSlopeDeviation), noise);
    }

    public override void Save(IStateWriter writer)
    {
        base.Save(writer);
        _trends.Save(writer);
    }

    public override void Load(IStateReader reader)
    {
        base.Load(reader);
        _trends.Load(reader);
    }

    protected override void Learn(Tensor round, long users, IStateReader sums) => _trends.Learn(round.select(0, 0), round.select(0, 1));

    protected override Tensor Draw(long drawKey, Tensor users, Tensor lanes)
    {
        var (mean, variance) = _trends.Ahead(_options.LookAhead);
        var worlds = mean + (_draws.Normal(drawKey, lanes) * (variance.sqrt() * _options.Exploration));
        if (_options.Explorers >= 1)
            return worlds;
        return where(_explorers.Uniform(drawKey, users).lt(_options.Explorers).unsqueeze(1), worlds, _trends.Ahead(0).Mean);
    }

    protected override Tensor Means() => _trends.Responses();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _trends.Dispose();
        base.Dispose(disposing);
    }
}
