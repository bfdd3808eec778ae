using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of <c>neural-linucb</c>.</summary>
public sealed record NeuralLinUcbOptions : StateNetworkOptions
{
    /// <summary>Standard deviations of the linear posterior that are added to a score when exploring. Default 0.5.</summary>
    [Range(0.0, double.MaxValue)]
    public double Alpha { get; init; } = 0.5;

    /// <summary>Ridge penalty λ of the linear regression, at least 0.001. Default 1.</summary>
    [Range(0.001, double.MaxValue)]
    public double Ridge { get; init; } = 1;

    /// <summary>Whether A and b are computed anew from the buffer after each training; the paper keeps sums over representations that are gone. Default true.</summary>
    public bool Refit { get; init; } = true;

    /// <summary>Whether the network trains an output of its own; the paper trains the hidden layers against θ. Default true.</summary>
    public bool OwnOutput { get; init; } = true;

    /// <summary>Whether each training starts from the initial weights, as in the paper, and not from where the last one ended. Default false.</summary>
    public bool Restart { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var fault in base.Validate(validationContext))
            yield return fault;
        if (!OwnOutput && Loss != ResponseLoss.Squared)
            yield return new ValidationResult("ownOutput was false, which needs the loss squared: θ is a regression on responses");
    }
}

/// <summary>Deep representation and shallow exploration: linear upper confidence bounds on the last hidden layer of a network (Xu, Wen, Zhao, Gu 2020).</summary>
/// <remarks>score = θᵀφ(x; w) + α·√(φᵀA⁻¹φ), with one θ for all items. What this deviates in from the paper stands in docs/agents/neural-linucb.md.</remarks>
internal sealed class NeuralLinUcbAgent : NetworkBandit, IHasItemEmbeddings
{
    private readonly NeuralLinUcbOptions _options;
    private readonly UserStates _states;
    private readonly PairNetwork _network;

    public NeuralLinUcbAgent(AgentContext context, NeuralLinUcbOptions options)
        : base(context, "neural-linucb", options,
            [.. UserStates.Shapes(context.Spec, options, points: true), .. PairNetwork.Shapes("network", UserStates.Width(context.Spec, options), options.EmbeddingSize, options.HiddenSize)])
    {
        _options = options;
        _states = new UserStates(Spec, options, Parameters, Scale, points: true);
        _network = new PairNetwork(Parameters, "network");
        Posterior = new SharedLinearPosterior(options.HiddenSize, options.Ridge, Spec.Device);
    }

    internal SharedLinearPosterior Posterior { get; }

    public Tensor ItemEmbeddings()
    {
        using var noGradient = no_grad();
        return _states.Items()!;
    }

    public override void SavePolicy(IStateWriter writer)
    {
        base.SavePolicy(writer);
        Posterior.Save(writer.Under("posterior"));
    }

    public override void LoadPolicy(IStateReader reader)
    {
        base.LoadPolicy(reader);
        Posterior.Load(reader.Under("posterior"));
    }

    public override void Dispose()
    {
        base.Dispose();
        Posterior.Dispose();
    }

    protected override Tensor Scores(Observation observation, RecommendationMode mode)
    {
        var items = _states.Items()!;
        var projectedStates = _network.ProjectState(_states.Of(observation, items)).unsqueeze(1);
        var features = _network.Features(projectedStates, _network.ProjectItem(items));
        return Posterior.Scores(features, mode == RecommendationMode.Explore ? _options.Alpha : 0);
    }

    /// <summary>The representation of each slot of some rows.</summary>
    /// <returns>[R, K, H] float32.</returns>
    internal Tensor Represent(ReplayBatch batch)
    {
        using var scope = NewDisposeScope();
        var items = _states.Items()!;
        var states = _network.ProjectState(_states.Of(batch.Observation, items)).unsqueeze(1);
        var shown = _network.ProjectItem(items).index_select(0, batch.Items.reshape(-1)).reshape(batch.Items.size(0), batch.Items.size(1), -1);
        return _network.Features(states, shown).MoveToOuterDisposeScope();
    }

    internal override Tensor Outputs(ReplayBatch batch)
    {
        var features = Represent(batch);
        return _options.OwnOutput ? _network.Output(features) : Posterior.Scores(features, 0);
    }

    protected override void Prepare(bool trains)
    {
        // A refit will count these rows along with the others, but a training against θ needs a θ.
        if (!trains || !_options.Refit || !_options.OwnOutput)
            Add(1);
        if (trains && _options.Restart)
            Restart();
    }

    protected override void Learned(bool trained)
    {
        if (!trained || !_options.Refit)
            return;
        Posterior.Reset();
        Add(RoundsInUse);
    }

    private void Add(int? rounds)
    {
        TakeIn(rounds, Posterior.Sums, batch => Posterior.Add(Represent(batch).reshape(-1, _options.HiddenSize), batch.Responses.reshape(-1)));
        Posterior.Solve();
        Guard.Finite(Posterior.Weights, "neural-linucb: linear weights");
    }
}
