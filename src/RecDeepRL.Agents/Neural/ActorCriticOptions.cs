using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options that all actor-critics over an item space have.</summary>
public abstract record ActorCriticOptions : ReplayOptions
{
    /// <summary>Discount per step, in [0, 1). In tasks where what is shown changes little of what can be earned later, a low one learns faster; raise it where users remember. Default 0.5.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Discount { get; init; } = 0.5;

    /// <summary>Learning rate of the actor's Adam, in (0, 1]. Default 0.0003.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double ActorLearningRate { get; init; } = 0.0003;

    /// <summary>Learning rate of the Adam of critics and embeddings, in (0, 1]. Default 0.001.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double CriticLearningRate { get; init; } = 0.001;

    /// <summary>Weight decay of critics and embeddings, decoupled from the gradient, in [0, 1]: each update multiplies every weight by 1 − learning rate · decay. Holds back what a few responses would teach by heart. Default 0.</summary>
    [Range(0.0, 1.0)]
    public double CriticWeightDecay { get; init; }

    /// <summary>Share of the online networks that moves into the target networks when they follow, in (0, 1]. Default 0.01.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Tau { get; init; } = 0.01;

    /// <summary>New slates that an update takes at least: an iteration of few users has fewer updates. Default 8.</summary>
    [Range(1, int.MaxValue)]
    public int SlatesPerUpdate { get; init; } = 8;

    /// <summary>Factors of the factorisation beside the critic's hidden layers, which multiplies what they only add; 0 for none. Default 0.</summary>
    [Range(0, 1024)]
    public int Factors { get; init; }

    /// <summary>Weight of the loss that holds the critic's value of the actor's point to that of the nearest item. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Grounding { get; init; } = 1;

    /// <summary>Items nearest to the proto-action among which the slate is chosen, at least the slate's size; none for all of up to 1000 items, and of more a tenth, at least 1000 and ten for each slot. Default none.</summary>
    [Range(1, int.MaxValue)]
    public int? Candidates { get; init; }

    /// <summary>Items nearest to the proto-action among which the next slate is chosen when targets are made; never fewer than slots, none for ten for each slot. Default none.</summary>
    [Range(1, int.MaxValue)]
    public int? BootstrapCandidates { get; init; }

    /// <summary>Whether the critic chooses among the candidates; otherwise the nearest are shown. Default true.</summary>
    public bool Rerank { get; init; } = true;

    /// <summary>Probability that, exploring, a slot shows a random item instead. Default 0.1.</summary>
    [Range(0.0, 1.0)]
    public double RandomShare { get; init; } = 0.1;

    /// <summary>Iterations at the start that show random items when exploring. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Warmup { get; init; } = 1;
}

/// <summary>Options of the actor-critics whose actor names one point and explores by noise on it.</summary>
public abstract record NoisyActorOptions : ActorCriticOptions
{
    /// <summary>Standard deviation of the exploration noise on each coordinate of the proto-action, which lies in [-1, 1]. Default 0.2.</summary>
    [Range(0.0, 10.0)]
    public double Noise { get; init; } = 0.2;

    /// <summary>Factor on the noise after each iteration, in (0, 1]. Default 0.97.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double NoiseDecay { get; init; } = 0.97;
}
