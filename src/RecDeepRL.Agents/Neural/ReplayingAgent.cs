using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>What the agents share that keep rounds in a buffer and after each round make some updates on what they draw from it.</summary>
internal abstract class ReplayingAgent : ReplayLearner, IAgent
{
    private readonly string _name;
    private readonly ReplayingOptions _options;
    private readonly RandomStream _sampling;
    private long _updates;

    /// <param name="keepsCompanion">Whether the buffer holds a number of the agent's own for each slot.</param>
    /// <param name="figures">Names of the means that are logged.</param>
    protected ReplayingAgent(AgentContext context, string name, ReplayingOptions options, bool keepsCompanion, params string[] figures)
        : base(context, options, keepsCompanion)
    {
        _name = name;
        _options = options;
        Context = context;
        Discount = options.DiscountFor(context.Spec);
        _sampling = new RandomStream(context.Seed, name + ":sampling");
        Scale = new FeatureScale(context.Population, Spec.Device);
        Figures = new RunningMeans(Spec.Device, figures) { Shared = Shared };
    }

    /// <summary>Per round.</summary>
    internal double Discount { get; }

    protected AgentContext Context { get; }

    protected EnvironmentSpec Spec => Context.Spec;

    protected FeatureScale Scale { get; }

    protected RunningMeans Figures { get; }

    /// <summary>Rounds learned from.</summary>
    protected long Rounds { get; private set; }

    public Tensor Recommend(Observation observation, RecommendationMode mode)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var usersAtOnce = PairNetwork.UsersAtOnce(Spec.Device, _options.HiddenSize, Spec.ItemCount);
        var parts = new List<Tensor>();
        for (var start = 0L; start < observation.UserCount; start += usersAtOnce)
        {
            using var partScope = NewDisposeScope();
            var part = observation.Slice(start, Math.Min(usersAtOnce, observation.UserCount - start));
            parts.Add(Slates(part, mode).MoveToOuterDisposeScope());
        }
        return cat(parts).MoveToOuterDisposeScope();
    }

    public void Learn(Feedback feedback)
    {
        using var gradient = enable_grad();
        Remember(feedback);
        Rounds++;
        for (var updates = _options.UpdatesAfter(RowsOf(feedback)); updates > 0; updates--)
        {
            using var scope = NewDisposeScope();
            var batch = Replay.Sample(_sampling, _updates, _options, Discount);
            Replay.Prioritise(batch, Update(batch, _updates));
            _updates++;
        }
        Figures.RequireFinite(_name);
        // A gradient that is no number shows in what it moved, whatever the losses were.
        using var check = new FiniteCheck(_name);
        SavePolicy(check);
        SaveOptimizers(check);
        check.Require();
    }

    public IReadOnlyDictionary<string, double> Diagnose()
    {
        var figures = Figures.Read();
        figures["replay_rows"] = Replay.CountOf(null);
        AddFigures(figures);
        return figures;
    }

    public override void SavePolicy(IStateWriter writer)
    {
        writer.Write("rounds", Rounds);
        SaveNetworks(writer);
    }

    public override void LoadPolicy(IStateReader reader)
    {
        Rounds = reader.ReadCount("rounds");
        LoadNetworks(reader);
    }

    protected override void SaveLearning(IStateWriter writer)
    {
        writer.Write("updates", _updates);
        Figures.Save(writer.Under("figures"));
        SaveOptimizers(writer);
    }

    protected override void LoadLearning(IStateReader reader)
    {
        _updates = reader.ReadCount("updates");
        Figures.Load(reader.Under("figures"));
        LoadOptimizers(reader);
    }

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        Replay.Dispose();
        Figures.Dispose();
        Scale.Dispose();
    }

    /// <summary>[B, K] for some of the users of an observation. Without gradients, in a dispose scope.</summary>
    protected abstract Tensor Slates(Observation observation, RecommendationMode mode);

    /// <summary>One step of everything learned, in a dispose scope.</summary>
    /// <param name="update">How many there were before.</param>
    /// <returns>[R] float32, how wrong each row was.</returns>
    internal abstract Tensor Update(ReplayBatch batch, long update);

    protected virtual void Remember(Feedback feedback) => Replay.Add(feedback);

    protected virtual void AddFigures(Dictionary<string, double> figures)
    {
    }

    /// <summary>The networks that slates follow from.</summary>
    protected abstract void SaveNetworks(IStateWriter writer);

    protected abstract void LoadNetworks(IStateReader reader);

    /// <summary>What else updates move.</summary>
    protected abstract void SaveOptimizers(IStateWriter writer);

    protected abstract void LoadOptimizers(IStateReader reader);
}
