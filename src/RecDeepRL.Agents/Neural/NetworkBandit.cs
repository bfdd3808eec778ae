using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace RecDeepRL.Agents.Neural;

/// <summary>What all bandits share that learn responses by a network: random items at first, then the best scores; a buffer of the latest slates, and
/// trainings on it at intervals, each from where the last one ended.</summary>
internal abstract class NetworkBandit : ReplayLearner, IAgent, IEstimatesItems
{
    private readonly NetworkOptions _options;
    private readonly string _name;
    private readonly RandomStream _ties;
    private readonly RandomStream _start;
    private readonly RandomStream _sampling;
    private readonly Adam _optimizer;
    private readonly RunningMeans _figures;
    private readonly Tensor _shown;
    private readonly Tensor? _anchor;
    private long _rounds;
    private long _steps;
    private long _seen;

    /// <param name="name">The agent's registered name.</param>
    /// <param name="shapes">Everything learned.</param>
    /// <param name="anchored">Whether the penalty draws the weights to where they started, and not to 0.</param>
    protected NetworkBandit(AgentContext context, string name, NetworkOptions options, IEnumerable<ParameterShape> shapes, bool anchored = false)
        : base(context, options.ReplayCapacity)
    {
        _options = options;
        _name = name;
        Context = context;
        _ties = new RandomStream(context.Seed, name + ":ties");
        _start = new RandomStream(context.Seed, name + ":network");
        _sampling = new RandomStream(context.Seed, name + ":sampling");
        Scale = new FeatureScale(context.Population, Spec.Device);
        Parameters = new ParameterBlock(shapes, Spec.Device);
        Parameters.Initialise(_start);
        _anchor = anchored ? Parameters.Values.clone().DetachFromDisposeScope() : null;
        _optimizer = new Adam(Parameters, options.LearningRate) { Shared = Shared };
        _figures = new RunningMeans(Spec.Device, "loss", "mean_prediction") { Shared = Shared };
        _shown = zeros([Spec.ItemCount], ScalarType.Bool, Spec.Device).DetachFromDisposeScope();
    }

    internal ParameterBlock Parameters { get; }

    protected AgentContext Context { get; }

    protected EnvironmentSpec Spec => Context.Spec;

    protected FeatureScale Scale { get; }

    /// <summary>Latest iterations that learning uses; none for all.</summary>
    protected int? RoundsInUse => _options.ReplayRounds;

    /// <summary>Numbers held at once for each pair of user and item while scoring, or for each slot while going through the buffer.</summary>
    protected virtual int PairWidth => _options.HiddenSize;

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        if (mode == RecommendationMode.Explore && _rounds < _options.Warmup)
            return Ranking.Best(zeros([1, Spec.ItemCount], ScalarType.Float32, Spec.Device), observation, Spec.SlateSize, _ties).MoveToOuterDisposeScope();
        var usersAtOnce = PairNetwork.UsersAtOnce(Spec.Device, PairWidth, Spec.ItemCount);
        var parts = new List<Tensor>();
        for (var start = 0L; start < observation.UserCount; start += usersAtOnce)
        {
            using var partScope = NewDisposeScope();
            using var part = observation.Slice(start, Math.Min(usersAtOnce, observation.UserCount - start));
            var scores = Scores(part, mode);
            if (mode == RecommendationMode.Exploit)
                scores = scores.masked_fill(_shown.logical_not(), double.NegativeInfinity);
            parts.Add(Slates(scores, part, mode).MoveToOuterDisposeScope());
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    public EstimateKind EstimateKind => EstimateKind.Response;

    public Tensor EstimateItems(Observation observation)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return Responses(observation).to_type(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var gradient = enable_grad();
        Remember(feedback);
        _rounds++;
        var trains = _rounds % _options.RetrainInterval == 0;
        Prepare(trains);
        if (trains)
        {
            var rows = Replay.CountOf(RoundsInUse);
            for (var step = 0; step < _options.StepsPerTraining; step++)
                Train(rows, 1 - ((double)step / _options.StepsPerTraining));
            _figures.RequireFinite(_name);
            RequireFinite();
        }
        Learned(trains);
    }

    public IReadOnlyDictionary<string, double> Diagnose()
    {
        var figures = _figures.Read();
        figures["replay_rows"] = Replay.CountOf(null);
        return figures;
    }

    /// <summary>The network, and what else scores are made of.</summary>
    public override void SavePolicy(IStateWriter writer)
    {
        writer.Write("rounds", _rounds);
        writer.Write("shown", _shown);
        Parameters.Save(writer.Under("network"));
    }

    public override void LoadPolicy(IStateReader reader)
    {
        _rounds = reader.ReadCount("rounds");
        reader.ReadInto("shown", _shown);
        Parameters.Load(reader.Under("network"));
    }

    protected override void SaveLearning(IStateWriter writer)
    {
        writer.Write("steps", _steps);
        writer.Write("seen", _seen);
        _optimizer.Save(writer.Under("optimizer"));
        _figures.Save(writer.Under("figures"));
    }

    protected override void LoadLearning(IStateReader reader)
    {
        _steps = reader.ReadCount("steps");
        _seen = reader.ReadCount("seen");
        _optimizer.Load(reader.Under("optimizer"));
        _figures.Load(reader.Under("figures"));
    }

    public virtual void Dispose()
    {
        Parameters.Dispose();
        _optimizer.Dispose();
        Replay.Dispose();
        _figures.Dispose();
        Scale.Dispose();
        _shown.Dispose();
        _anchor?.Dispose();
    }

    /// <returns>[B, N] float, of each user and item; never NaN.</returns>
    protected abstract Tensor Scores(Observation observation, RecommendationMode mode);

    /// <summary>The responses expected, by default the scores of exploit mode.</summary>
    /// <returns>[B, N].</returns>
    protected virtual Tensor Responses(Observation observation) => Scores(observation, RecommendationMode.Exploit);

    /// <summary>The network's output for each slot of some rows: the logarithm of the odds of a response, or the expected response, as the loss has it.</summary>
    /// <returns>[R, K] float32; an ensemble's [M, R, K].</returns>
    internal abstract Tensor Outputs(ReplayBatch batch);

    /// <summary>From scores to slates; by default the highest are shown.</summary>
    protected virtual Tensor Slates(Tensor scores, Observation observation, RecommendationMode mode) => Ranking.Best(scores, observation, Spec.SlateSize, _ties);

    /// <summary>What each slot's loss counts in the training, by default as one.</summary>
    /// <param name="serials">[R] int64, how many rows came before each of the rows, ever and of everybody.</param>
    protected virtual Tensor? Weights(ReplayBatch batch, Tensor serials) => null;

    /// <summary>What follows upon a round, before the training of the network where there is one.</summary>
    protected virtual void Prepare(bool trains)
    {
    }

    /// <summary>What follows upon a round, after the training of the network where there was one.</summary>
    protected virtual void Learned(bool trained)
    {
    }

    /// <summary>Puts the network back to where it started.</summary>
    protected void Restart()
    {
        Parameters.Initialise(_start);
        _optimizer.Reset();
    }

    /// <summary>The expected response of a network's output.</summary>
    protected Tensor Expected(Tensor outputs) => _options.Loss == ResponseLoss.Logistic ? outputs.sigmoid() : outputs.alias();

    /// <summary>Takes the rows of the latest iterations into sums, in parts of bounded memory: those of everybody who learns along.</summary>
    /// <param name="rounds">How many iterations; none for all.</param>
    /// <param name="sums">Of one type.</param>
    /// <param name="add">Adds rows to them.</param>
    protected void TakeIn(int? rounds, IReadOnlyList<Tensor> sums, Action<ReplayBatch> add)
    {
        if (Shared is null)
            ForLatest(rounds, add);
        else
            Shared.AddUp(sums, () => ForLatest(rounds, add));
    }

    private void ForLatest(int? rounds, Action<ReplayBatch> action)
    {
        using var noGradient = no_grad();
        var rows = Replay.CountHere(rounds);
        var rowsAtOnce = PairNetwork.UsersAtOnce(Spec.Device, PairWidth, Spec.SlateSize);
        for (var first = 0L; first < rows; first += rowsAtOnce)
        {
            using var scope = NewDisposeScope();
            action(Replay.Take(arange(first, Math.Min(rows, first + rowsAtOnce), ScalarType.Int64, Spec.Device)));
        }
    }

    /// <summary>A gradient that is no number shows in what it moved, whatever the losses were.</summary>
    private void RequireFinite()
    {
        using var check = new FiniteCheck(_name);
        Parameters.Save(check.Under("network"));
        _optimizer.Save(check.Under("optimizer"));
        check.Require();
    }

    private void Remember(Feedback feedback)
    {
        using var scope = NewDisposeScope();
        Replay.Add(feedback);
        _seen += RowsOf(feedback);
        _shown.index_fill_(0, feedback.Slates.reshape(-1), true);
        Shared?.Unite(_shown);
    }

    /// <summary>One gradient step on slates drawn from the latest rows.</summary>
    private void Train(long rows, double share)
    {
        using var scope = NewDisposeScope();
        var batch = Replay.Sample(_sampling, _steps++, _options.BatchSize, rows);
        var outputs = Outputs(batch);
        var responses = batch.Responses;
        Guard.Shape(outputs.dim() == 3 ? outputs[0] : outputs, "outputs", "rows, slots", responses.shape);
        responses = responses.expand(outputs.shape);
        var losses = _options.Loss == ResponseLoss.Logistic
            ? functional.binary_cross_entropy_with_logits(outputs, responses.clamp(0, 1), reduction: Reduction.None)
            : outputs.sub(responses).square();
        if (Weights(batch, batch.Ages!.neg().add_(_seen - 1)) is { } weights)
            losses = losses.mul(weights);
        // The members of an ensemble share no weights behind the state, and each is to learn as if it were alone.
        var loss = losses.mean();
        var gradient = Parameters.Gradient(outputs.dim() == 3 ? loss * outputs.size(0) : loss);
        if (_options.Penalty > 0)
        {
            using var noGradient = no_grad();
            gradient.add_(_anchor is null ? Parameters.Values : Parameters.Values.sub(_anchor), alpha: _options.Penalty / (rows * Spec.SlateSize));
        }
        _optimizer.Step(Parameters.Values, gradient, share);
        _figures.Add(loss, Expected(outputs).mean());
    }
}
