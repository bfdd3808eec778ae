using RecDeepRL.Agents.Exploration;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>What the agents share that value items one by one: an online network, its running mean as target, ε-greedy slates, and the items of a bootstrap.</summary>
internal abstract class ItemValueAgent : ReplayingAgent, IEstimatesItems, IHasItemEmbeddings
{
    private readonly ItemValueOptions _options;
    private readonly RandomStream _ties;
    private readonly RandomStream _targetItems;
    private readonly Adam _optimizer;

    /// <param name="valuesStates">Whether the networks value states apart from items.</param>
    /// <exception cref="UserMistakeException">Fewer target items than slots.</exception>
    protected ItemValueAgent(AgentContext context, string name, ItemValueOptions options, bool valuesStates, params string[] figures)
        : base(context, name, options, keepsCompanion: false, figures)
    {
        if (options.TargetItems < Spec.SlateSize)
            throw new UserMistakeException($"{options.GetType().Name} is invalid: targetItems was {options.TargetItems}, must be at least the slate size, {Spec.SlateSize}, or none.");
        _options = options;
        _ties = new RandomStream(context.Seed, name + ":ties");
        _targetItems = new RandomStream(context.Seed, name + ":targets");
        Exploring = new ExploringSlots(context, name);
        Online = new ItemValueNetwork(Spec, Scale, options, valuesStates);
        Target = new ItemValueNetwork(Spec, Scale, options, valuesStates);
        Online.Initialise(new RandomStream(context.Seed, name + ":network"));
        Target.Parameters.CopyFrom(Online.Parameters);
        _optimizer = new Adam(Online.Parameters, options.LearningRate, options.WeightDecay) { Shared = Shared };
    }

    internal ItemValueNetwork Online { get; }

    /// <summary>Running mean of <see cref="Online"/>.</summary>
    internal ItemValueNetwork Target { get; }

    protected ExploringSlots Exploring { get; }

    /// <summary>Probability that a slot explores in the next round.</summary>
    protected double Epsilon => _options.Epsilon * Math.Pow(_options.EpsilonDecay, Rounds);

    /// <summary>By the target network, as exploit mode ranks by it.</summary>
    public Tensor EstimateItems(Observation observation)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        return Estimates(Target, observation).MoveToOuterDisposeScope();
    }

    public abstract EstimateKind EstimateKind { get; }

    /// <summary>The points of the items that the target network sees.</summary>
    public Tensor ItemEmbeddings()
    {
        using var noGradient = no_grad();
        return Target.Items();
    }

    /// <summary>What the network says of each item alone. [B, N].</summary>
    protected abstract Tensor Estimates(ItemValueNetwork network, Observation observation);

    /// <summary>Scores of which the K highest make the slate. [B, N].</summary>
    protected abstract Tensor Scores(ItemValueNetwork network, Observation observation);

    protected override Tensor Slates(Observation observation, RecommendationMode mode)
    {
        // The target network is a running mean of the online one, which steps on random batches keep jittering: the better judge when it counts.
        if (mode == RecommendationMode.Exploit)
            return Ranking.Best(Scores(Target, observation), observation, Spec.SlateSize, _ties);
        if (Rounds < _options.Warmup)
            return Ranking.Best(zeros([1, Spec.ItemCount], ScalarType.Float32, Spec.Device), observation, Spec.SlateSize, _ties);
        return Exploring.Fill(Ranking.Best(Scores(Online, observation), observation, Spec.SlateSize, _ties), observation, Epsilon);
    }

    /// <summary>The items among which a bootstrap seeks the best: none where that is all of them.</summary>
    /// <returns>[C] int64.</returns>
    protected Tensor? TargetItems(long update)
    {
        if (_options.TargetItems is not { } count || count >= Spec.ItemCount)
            return null;
        return _targetItems.Uniform(update, Spec.Device, Spec.ItemCount).topk(count).indexes;
    }

    /// <summary>Moves the online network against the loss, and the target network after it.</summary>
    protected void Minimise(Tensor loss)
    {
        _optimizer.Minimise(loss, Online.Parameters);
        Target.Parameters.Follow(Online.Parameters, _options.Tau);
    }

    protected override void AddFigures(Dictionary<string, double> figures) => figures["epsilon"] = Epsilon;

    /// <summary>The online network to explore by, and its target to exploit by.</summary>
    protected override void SaveNetworks(IStateWriter writer)
    {
        Online.Parameters.Save(writer.Under("online"));
        Target.Parameters.Save(writer.Under("target"));
    }

    protected override void LoadNetworks(IStateReader reader)
    {
        Online.Parameters.Load(reader.Under("online"));
        Target.Parameters.Load(reader.Under("target"));
    }

    protected override void SaveOptimizers(IStateWriter writer) => _optimizer.Save(writer.Under("optimizer"));

    protected override void LoadOptimizers(IStateReader reader) => _optimizer.Load(reader.Under("optimizer"));

    protected override void Dispose(bool disposing)
    {
        Online.Dispose();
        Target.Dispose();
        _optimizer.Dispose();
        base.Dispose(disposing);
    }
}
