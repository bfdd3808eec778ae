using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>sac</c>.</summary>
public sealed record SacOptions : ActorCriticOptions
{
    /// <summary>What a nat of the policy's entropy is worth; none where it is learned. Default none.</summary>
    [Range(0.0, 1000.0)]
    public double? Temperature { get; init; }

    /// <summary>The temperature that learning begins with. Default 0.01.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double InitialTemperature { get; init; } = 0.01;

    /// <summary>Entropy for each coordinate of a point that the learned temperature holds the policy to, in nats; that of the uniform distribution is 0.69. Default -1.</summary>
    [Range(-10.0, 0.69)]
    public double TargetEntropy { get; init; } = -1;
}

/// <summary>Soft actor-critic (Haarnoja et al. 2018, the temperature as in Haarnoja et al. 2019) over an item space, with slates chosen as Wolpertinger does.</summary>
/// <remarks>π(·|s) = tanh of a Gaussian. What this deviates in from the papers stands in docs/agents/sac.md.</remarks>
internal sealed class SacAgent : ActorCriticAgent
{
    private const double LowestLogDeviation = -5;
    private const double HighestLogDeviation = 2;

    private readonly SacOptions _options;
    private readonly RandomStream _exploration;
    private readonly RandomStream _nextDraws;
    private readonly RandomStream _draws;
    private readonly ParameterBlock _temperature;
    private readonly Adam _temperatureOptimizer;

    public SacAgent(AgentContext context, SacOptions options)
        : base(context, options, "sac", criticCount: 2, actorOutputs: 2, "critic_loss", "grounding_loss", "mean_q", "mean_target", "actor_loss", "entropy", "temperature")
    {
        _options = options;
        _exploration = new RandomStream(context.Seed, "sac:exploration");
        _nextDraws = new RandomStream(context.Seed, "sac:next");
        _draws = new RandomStream(context.Seed, "sac:draws");
        _temperature = new ParameterBlock([new("logarithm", 0, 1)], context.Spec.Device);
        using (no_grad())
            _temperature.Values.fill_(Math.Log(options.Temperature ?? options.InitialTemperature));
        _temperatureOptimizer = new Adam(_temperature, options.ActorLearningRate) { Shared = Shared };
    }

    /// <summary>Exploring, a draw from π(·|s) for each user; otherwise the tanh of its Gaussian's mean.</summary>
    internal override Tensor Points(ActorCritic networks, Observation observation, Tensor states, bool explores)
    {
        using var scope = NewDisposeScope();
        var (mean, logDeviation) = Gaussian(networks, states);
        if (!explores)
            return mean.tanh().MoveToOuterDisposeScope();
        var luck = _exploration.Normal(observation.DrawKey, Ranking.Lanes(observation.UserIds, mean.size(1)));
        return Draw(mean, logDeviation, luck).Points.MoveToOuterDisposeScope();
    }

    /// <summary>γ · (1 − terminated) · (V' − α · log π(a'|s')), a' drawn from π(·|s'), V' the value of the best slate near a', an item's value being the
    /// least of the two target critics'.</summary>
    protected override Tensor LookAhead(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var (points, logDensity) = NextDraw(batch);
        var items = Target.Encoder.Items();
        var next = Target.Encoder.States(batch.Next!, items);
        var value = SlateValue(Target, next, items, points).sub(logDensity.mul(Temperature));
        return Discounted(batch, value).MoveToOuterDisposeScope();
    }

    internal override void Update(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var (points, logDensity) = ((Tensor?)null, (Tensor?)null);
        var (states, figures) = LearnCritics(batch, Futures(batch), seen =>
        {
            (points, logDensity) = DrawOnline(seen, batch.Positions);
            return points;
        });

        // The actor climbs the least of the critics' values of its draws, and the entropy; the draws move with its mean and deviation.
        var (slopes, values) = Slopes(states, points!, critics: 2);
        LearnActor(logDensity!.mul(Temperature).sub(points!.mul(slopes).sum(1)));

        // The temperature rises while the entropy is below its target, and falls while it is above.
        var missing = logDensity.detach().add(_options.TargetEntropy * _options.EmbeddingSize).mean();
        if (_options.Temperature is null)
            _temperatureOptimizer.Minimise(_temperature["logarithm"].mul(missing).neg().sum(), _temperature);
        Target.Follow(Online, _options.Tau);
        Report([.. figures, values.mean().neg(), logDensity.mean().neg(), Temperature.sum()]);
    }

    /// <summary>Points tanh(u), u = mean + deviation · luck, and their log density: Σ log N(u) − log(1 − tanh²(u)) over the coordinates.</summary>
    /// <returns>[R, E] and [R].</returns>
    internal static (Tensor Points, Tensor LogDensity) Draw(Tensor mean, Tensor logDeviation, Tensor luck)
    {
        using var scope = NewDisposeScope();
        var inner = mean.add(logDeviation.exp().mul(luck));
        var normal = luck.square().mul(-0.5).sub(logDeviation).sub(0.5 * Math.Log(2 * Math.PI));
        // log(1 − tanh²(u)) = 2 · (log 2 − u − softplus(−2u)), which keeps its digits where tanh is nearly 1.
        var stretch = inner.add(nn.functional.softplus(inner.mul(-2))).sub(Math.Log(2)).mul(-2);
        return (inner.tanh().MoveToOuterDisposeScope(), normal.sub(stretch).sum(1).MoveToOuterDisposeScope());
    }

    protected override void SaveOptimizers(IStateWriter writer)
    {
        base.SaveOptimizers(writer);
        // One that is given is no part of what is learned, and the logarithm of 0 is no number.
        if (_options.Temperature is not null)
            return;
        _temperature.Save(writer.Under("temperature"));
        _temperatureOptimizer.Save(writer.Under("temperatureOptimizer"));
    }

    protected override void LoadOptimizers(IStateReader reader)
    {
        base.LoadOptimizers(reader);
        if (_options.Temperature is not null)
            return;
        _temperature.Load(reader.Under("temperature"));
        _temperatureOptimizer.Load(reader.Under("temperatureOptimizer"));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _temperature.Dispose();
        _temperatureOptimizer.Dispose();
    }

    /// <summary>α, [1], without gradient.</summary>
    private Tensor Temperature => _temperature.Values.exp();

    /// <summary>A draw from the online actor at the next states of a batch, and its log density.</summary>
    internal (Tensor Points, Tensor LogDensity) NextDraw(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var states = Online.Encoder.States(batch.Next!, Online.Encoder.Items());
        var (mean, logDeviation) = Gaussian(Online, states);
        var (points, logDensity) = Draw(mean, logDeviation, ReplayBatch.Normal(_nextDraws, Updates, mean, batch.Positions));
        return (points.MoveToOuterDisposeScope(), logDensity.MoveToOuterDisposeScope());
    }

    private (Tensor Points, Tensor LogDensity) DrawOnline(Tensor states, Tensor? positions)
    {
        var (mean, logDeviation) = Gaussian(Online, states);
        return Draw(mean, logDeviation, ReplayBatch.Normal(_draws, Updates, mean, positions));
    }

    /// <summary>Mean and logarithm of the deviation of each coordinate before the tanh; the latter held in [−5, 2]. [B, E] each.</summary>
    private static (Tensor Mean, Tensor LogDeviation) Gaussian(ActorCritic networks, Tensor states)
    {
        var parts = networks.ActorOutput(states).chunk(2, 1);
        return (parts[0], parts[1].tanh().add(1).mul((HighestLogDeviation - LowestLogDeviation) / 2).add(LowestLogDeviation));
    }
}
