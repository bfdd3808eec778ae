using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>neural-linucb</c>.</summary>
public sealed record NeuralLinUcbOptions : IValidatableObject
{
    /// <summary>Standard deviations of the linear posterior that are added to a score when exploring. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Alpha { get; init; } = 0.5;

    /// <summary>Ridge penalty λ of the linear regression, at least 0.001. Default 1.</summary>
    [Range(0.001, double.MaxValue)]
    public double Ridge { get; init; } = 1;

    /// <summary>Units in each of the two hidden layers; the last one is the representation. Default 32.</summary>
    [Range(1, 4096)]
    public int HiddenSize { get; init; } = 32;

    /// <summary>Dimensions of item space, and of the user embedding where there is one. Default 16.</summary>
    [Range(1, 1024)]
    public int EmbeddingSize { get; init; } = 16;

    /// <summary>Whether the context holds a learned embedding of the user's id; with tens of responses from each user it learns their luck by heart. Default false.</summary>
    public bool UserIds { get; init; }

    /// <summary>Iterations between two trainings of the network, H. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int RetrainInterval { get; init; } = 1;

    /// <summary>Gradient steps of one training. Default 20.</summary>
    [Range(0, int.MaxValue)]
    public int StepsPerTraining { get; init; } = 20;

    /// <summary>Slates drawn from the replay buffer for one step. Default 128.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; init; } = 128;

    /// <summary>Learning rate of Adam, in (0, 1]. Default 0.001.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 0.001;

    /// <summary>Whether A and b are computed anew from the buffer after each training; the paper keeps sums over representations that are gone. Default true.</summary>
    public bool Refit { get; init; } = true;

    /// <summary>Iterations at the start that show random items when exploring. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Warmup { get; init; } = 1;

    /// <summary>Slates that the replay buffer holds at most; the oldest is overwritten. Default 100000.</summary>
    [Range(1, int.MaxValue)]
    public int ReplayCapacity { get; init; } = 100_000;

    /// <summary>Latest iterations that training and refitting use, so that what is no longer true is forgotten; none for all that the buffer holds. Default 15.</summary>
    [Range(1, int.MaxValue)]
    public int? ReplayRounds { get; init; } = 15;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BatchSize > ReplayCapacity)
            yield return new ValidationResult($"batchSize was {BatchSize}, must be at most replayCapacity, {ReplayCapacity}");
    }
}

/// <summary>Deep representation and shallow exploration: linear upper confidence bounds on the last hidden layer of a network (Xu, Wen, Zhao, Gu 2020).</summary>
/// <remarks>score = θᵀφ(x; w) + α·√(φᵀA⁻¹φ), with one θ for all items. What this deviates in from the paper stands in docs/agents/neural-linucb.md.</remarks>
internal sealed class NeuralLinUcbAgent : IAgent
{
    private readonly NeuralLinUcbOptions _options;
    private readonly EnvironmentSpec _spec;
    private readonly RandomStream _ties;
    private readonly RandomStream _sampling;
    private readonly FeatureScale _scale;
    private readonly ParameterBlock _parameters;
    private readonly StateEncoder _encoder;
    private readonly PairNetwork _network;
    private readonly Adam _optimizer;
    private readonly SharedLinearPosterior _posterior;
    private readonly ReplayBuffer _replay;
    private readonly RunningMeans _figures;
    private long _rounds;
    private long _steps;

    public NeuralLinUcbAgent(AgentContext context, NeuralLinUcbOptions options)
    {
        _options = options;
        _spec = context.Spec;
        _ties = new RandomStream(context.Seed, "neural-linucb:ties");
        _sampling = new RandomStream(context.Seed, "neural-linucb:sampling");
        _scale = new FeatureScale(context.Population, _spec.Device);
        var stateWidth = StateEncoder.Width(_spec, options.EmbeddingSize, options.UserIds);
        _parameters = new ParameterBlock(
            [.. StateEncoder.Shapes(_spec, options.EmbeddingSize, options.UserIds), .. PairNetwork.Shapes("network", stateWidth, options.EmbeddingSize, options.HiddenSize)],
            _spec.Device);
        _parameters.Initialise(new RandomStream(context.Seed, "neural-linucb:network"));
        _encoder = new StateEncoder(_parameters, _scale, options.UserIds);
        _network = new PairNetwork(_parameters, "network");
        _optimizer = new Adam(_parameters, options.LearningRate);
        _posterior = new SharedLinearPosterior(options.HiddenSize, options.Ridge, _spec.Device);
        _replay = new ReplayBuffer(_spec, options.ReplayCapacity, keepsNext: false);
        _figures = new RunningMeans(_spec.Device, "loss", "mean_prediction");
    }

    internal SharedLinearPosterior Posterior => _posterior;

    internal ReplayBuffer Replay => _replay;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (mode == RecommendationMode.Explore && _rounds < _options.Warmup)
            return Ranking.Best(zeros([1, _spec.ItemCount], ScalarType.Float32, _spec.Device), observation, _spec.SlateSize, _ties).MoveToOuterDisposeScope();
        var items = _encoder.Items();
        var projectedItems = _network.ProjectItem(items);
        var usersAtOnce = PairNetwork.UsersAtOnce(_spec.Device, _options.HiddenSize, _spec.ItemCount);
        var parts = new List<Tensor>();
        for (var start = 0L; start < observation.UserCount; start += usersAtOnce)
        {
            using var partScope = NewDisposeScope();
            using var part = observation.Slice(start, Math.Min(usersAtOnce, observation.UserCount - start));
            var projectedStates = _network.ProjectState(_encoder.States(part, items)).unsqueeze(1);
            var features = _network.Features(projectedStates, projectedItems);
            var scores = _posterior.Scores(features, mode == RecommendationMode.Explore ? _options.Alpha : 0);
            parts.Add(Ranking.Best(scores, part, _spec.SlateSize, _ties).MoveToOuterDisposeScope());
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var gradient = enable_grad();
        _replay.Add(feedback);
        _rounds++;
        var trains = _rounds % _options.RetrainInterval == 0;
        if (trains)
        {
            var rows = _replay.CountOf(_options.ReplayRounds);
            for (var step = 0; step < _options.StepsPerTraining; step++)
            {
                Train(rows);
            }
            _figures.RequireFinite("neural-linucb");
        }
        if (trains && _options.Refit)
        {
            _posterior.Reset();
            AddLatest(_replay.CountOf(_options.ReplayRounds));
        }
        else
        {
            AddLatest(_replay.CountOf(1));
        }
        _posterior.Solve();
        Guard.Finite(_posterior.Weights, "neural-linucb: linear weights");
    }

    /// <summary>The representation of each slot of some rows.</summary>
    /// <returns>[R, K, H] float32.</returns>
    internal Tensor Represent(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var items = _encoder.Items();
        var states = _network.ProjectState(_encoder.States(batch.Observation, items)).unsqueeze(1);
        var shown = _network.ProjectItem(items).index_select(0, batch.Items.reshape(-1)).reshape(batch.Items.shape[0], batch.Items.shape[1], -1);
        return _network.Features(states, shown).MoveToOuterDisposeScope();
    }

    public IReadOnlyDictionary<string, double> Diagnose()
    {
        var figures = _figures.Read();
        figures["replay_rows"] = _replay.Count;
        return figures;
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("rounds", _rounds);
        writer.Write("steps", _steps);
        _parameters.Save(writer.Under("network"));
        _optimizer.Save(writer.Under("optimizer"));
        _posterior.Save(writer.Under("posterior"));
        _replay.Save(writer.Under("replay"));
        _figures.Save(writer.Under("figures"));
    }

    public void Load(IStateReader reader)
    {
        _rounds = reader.ReadInt64("rounds");
        _steps = reader.ReadInt64("steps");
        _parameters.Load(reader.Under("network"));
        _optimizer.Load(reader.Under("optimizer"));
        _posterior.Load(reader.Under("posterior"));
        _replay.Load(reader.Under("replay"));
        _figures.Load(reader.Under("figures"));
    }

    public void Dispose()
    {
        _parameters.Dispose();
        _optimizer.Dispose();
        _posterior.Dispose();
        _replay.Dispose();
        _figures.Dispose();
        _scale.Dispose();
    }

    /// <summary>One gradient step on the squared error of the predicted responses, on slates drawn from the latest rows.</summary>
    private void Train(long rows)
    {
        using var scope = NewDisposeScope();
        var batch = _replay.Sample(_sampling, _steps++, _options.BatchSize, rows);
        var predictions = _network.Output(Represent(batch));
        Guard.Shape(predictions, "predictions", "rows, slots", batch.Responses.shape);
        var loss = predictions.sub(batch.Responses).square().mean();
        _optimizer.Minimise(loss, _parameters);
        _figures.Add(loss, predictions.mean());
    }

    /// <summary>Gives the posterior the latest rows, in parts of bounded memory.</summary>
    private void AddLatest(long rows)
    {
        using var noGradient = no_grad();
        var rowsAtOnce = PairNetwork.UsersAtOnce(_spec.Device, _options.HiddenSize, _spec.SlateSize);
        for (var first = 0L; first < rows; first += rowsAtOnce)
        {
            using var scope = NewDisposeScope();
            var batch = _replay.Take(arange(first, Math.Min(rows, first + rowsAtOnce), ScalarType.Int64, _spec.Device));
            _posterior.Add(Represent(batch).reshape(-1, _options.HiddenSize), batch.Responses.reshape(-1));
        }
    }
}
