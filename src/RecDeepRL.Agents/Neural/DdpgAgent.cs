using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>ddpg</c>.</summary>
public sealed record DdpgOptions : IValidatableObject
{
    /// <summary>Discount per step, in [0, 1). In tasks where what is shown changes little of what can be earned later, a low one learns faster; raise it where users remember. Default 0.5.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Discount { get; init; } = 0.5;

    /// <summary>Learning rate of the actor's Adam, in (0, 1]. Default 0.0003.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ActorLearningRate { get; init; } = 0.0003;

    /// <summary>Learning rate of the Adam of critic and embeddings, in (0, 1]. Default 0.001.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double CriticLearningRate { get; init; } = 0.001;

    /// <summary>Share of the online networks that moves into the target networks at each update, in (0, 1]. Default 0.01.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Tau { get; init; } = 0.01;

    /// <summary>Weight of the loss that holds the critic's value of the actor's point to that of the nearest item. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Grounding { get; init; } = 1;

    /// <summary>Slates drawn from the replay buffer for one update; each slot is a transition of its own. Default 128.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; init; } = 128;

    /// <summary>Updates of critic and actor after each iteration. Default 40.</summary>
    [Range(0, int.MaxValue)]
    public int UpdatesPerIteration { get; init; } = 40;

    /// <summary>Units in each of the two hidden layers of actor and critic. Default 64.</summary>
    [Range(1, 4096)]
    public int HiddenSize { get; init; } = 64;

    /// <summary>Dimensions of item space, and of the user embedding where there is one. Default 16.</summary>
    [Range(1, 1024)]
    public int EmbeddingSize { get; init; } = 16;

    /// <summary>Whether the state holds a learned embedding of the user's id; with tens of responses from each user it learns their luck by heart. Default false.</summary>
    public bool UserIds { get; init; }

    /// <summary>Items nearest to the proto-action among which the slate is chosen, at least the slate's size; none for all of up to 1000 items, and of more a tenth, at least 1000 and ten for each slot. Default none.</summary>
    [Range(1, int.MaxValue)]
    public int? Candidates { get; init; }

    /// <summary>Whether the critic chooses among the candidates; otherwise the nearest are shown. Default true.</summary>
    public bool Rerank { get; init; } = true;

    /// <summary>Standard deviation of the exploration noise on each coordinate of the proto-action, which lies in [-1, 1]. Default 0.2.</summary>
    [Range(0.0, 10.0)]
    public double Noise { get; init; } = 0.2;

    /// <summary>Factor on the noise after each iteration, in (0, 1]. Default 0.97.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double NoiseDecay { get; init; } = 0.97;

    /// <summary>Probability that, exploring, a slot shows a random item instead. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double RandomShare { get; init; } = 0.1;

    /// <summary>Iterations at the start that show random items when exploring. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Warmup { get; init; } = 1;

    /// <summary>Slates that the replay buffer holds at most; the oldest is overwritten. Default 100000.</summary>
    [Range(1, int.MaxValue)]
    public int ReplayCapacity { get; init; } = 100_000;

    /// <summary>Latest iterations that updates draw from, so that what is no longer true is forgotten; none for all that the buffer holds. Default 15.</summary>
    [Range(1, int.MaxValue)]
    public int? ReplayRounds { get; init; } = 15;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BatchSize > (long)ReplayCapacity)
            yield return new ValidationResult($"batchSize was {BatchSize}, must be at most replayCapacity, {ReplayCapacity}");
    }
}

/// <summary>Deep deterministic policy gradient (Lillicrap et al. 2016) over an item space, with slates chosen as Wolpertinger does (Dulac-Arnold et al. 2015).</summary>
/// <remarks>Each slot of a slate is a transition of its own whose reward is the response to its item, in the manner of SlateQ's decomposition (Ie et al. 2019).
/// What this deviates in from the papers stands in docs/agents/ddpg.md.</remarks>
internal sealed class DdpgAgent : IAgent
{
    private readonly DdpgOptions _options;
    private readonly EnvironmentSpec _spec;
    private readonly RandomStream _sampling;
    private readonly FeatureScale _scale;
    private readonly DdpgLearner _learner;
    private readonly DdpgPolicy _policy;
    private readonly ReplayBuffer _replay;
    private long _rounds;
    private long _updates;

    public DdpgAgent(AgentContext context, DdpgOptions options)
    {
        _options = options;
        _spec = context.Spec;
        _policy = new DdpgPolicy(context, options);
        _sampling = new RandomStream(context.Seed, "ddpg:sampling");
        _scale = new FeatureScale(context.Population, _spec.Device);
        _learner = new DdpgLearner(context, options, _scale);
        _replay = new ReplayBuffer(_spec, options.ReplayCapacity, keepsNext: true);
    }

    internal DdpgLearner Learner => _learner;

    internal DdpgPolicy Policy => _policy;

    internal ReplayBuffer Replay => _replay;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var noGradient = no_grad();
        // The target networks are running means of the online ones, which steps on random batches keep jittering: the better judge when it counts.
        if (mode == RecommendationMode.Exploit)
            return _policy.Exploit(_learner.Target, observation);
        return _rounds < _options.Warmup ? _policy.Random(observation) : _policy.Explore(_learner.Online, observation, Noise);
    }

    public void Learn(Feedback feedback)
    {
        using var gradient = enable_grad();
        _replay.Add(feedback);
        _rounds++;
        var rows = _replay.CountOf(_options.ReplayRounds);
        for (var update = 0; update < _options.UpdatesPerIteration; update++)
        {
            using var scope = NewDisposeScope();
            _learner.Update(_replay.Sample(_sampling, _updates++, _options.BatchSize, rows));
        }
        _learner.Figures.RequireFinite("ddpg");
    }

    public IReadOnlyDictionary<string, double> Diagnose()
    {
        var figures = _learner.Figures.Read();
        figures["replay_rows"] = _replay.Count;
        figures["noise"] = Noise;
        return figures;
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("rounds", _rounds);
        writer.Write("updates", _updates);
        _learner.Save(writer);
        _replay.Save(writer.Under("replay"));
    }

    public void Load(IStateReader reader)
    {
        _rounds = reader.ReadInt64("rounds");
        _updates = reader.ReadInt64("updates");
        _learner.Load(reader);
        _replay.Load(reader.Under("replay"));
    }

    public void Dispose()
    {
        _learner.Dispose();
        _replay.Dispose();
        _scale.Dispose();
    }

    private double Noise => _options.Noise * Math.Pow(_options.NoiseDecay, _rounds);
}
