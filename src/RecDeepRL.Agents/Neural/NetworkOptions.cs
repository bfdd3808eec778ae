using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Agents.Neural;

/// <summary>What a network's output is to a response, and what its training minimises.</summary>
public enum ResponseLoss
{
    /// <summary>The logarithm of the odds of a response; cross-entropy.</summary>
    Logistic,

    /// <summary>The expected response itself; squared error.</summary>
    Squared,
}

/// <summary>Options of every bandit that learns responses by a network.</summary>
public abstract record NetworkOptions : IValidatableObject
{
    /// <summary>Units in each hidden layer. Default 32.</summary>
    [Range(1, 4096)]
    public int HiddenSize { get; init; } = 32;

    /// <summary>Dimensions of item space, and of the user embedding where there is one. Default 16.</summary>
    [Range(1, 1024)]
    public int EmbeddingSize { get; init; } = 16;

    /// <summary>What training minimises: cross-entropy, for responses in [0, 1], or squared error. Default logistic.</summary>
    public ResponseLoss Loss { get; init; } = ResponseLoss.Logistic;

    /// <summary>Strength of the penalty on the squared weights, set against the sum of the losses of the responses in use. Default 1.</summary>
    [Range(0.0, double.MaxValue)]
    public double Penalty { get; init; } = 1;

    /// <summary>Iterations between two trainings of the network. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int RetrainInterval { get; init; } = 1;

    /// <summary>Gradient steps of one training, over which the learning rate falls to 0. Default 15.</summary>
    [Range(0, int.MaxValue)]
    public int StepsPerTraining { get; init; } = 15;

    /// <summary>Slates drawn from the replay buffer for one step. Default 256.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Learning rate of Adam at the start of a training, in (0, 1]. Default 0.015.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 0.015;

    /// <summary>Iterations at the start that show random items when exploring. Default 1.</summary>
    [Range(0, int.MaxValue)]
    public int Warmup { get; init; } = 1;

    /// <summary>Slates that the replay buffer holds at most; the oldest is overwritten. Default 100000.</summary>
    [Range(1, int.MaxValue)]
    public int ReplayCapacity { get; init; } = 100_000;

    /// <summary>Latest iterations that learning uses, so that what is no longer true is forgotten; none for all that the buffer holds. Default 15.</summary>
    [Range(1, int.MaxValue)]
    public int? ReplayRounds { get; init; } = 15;

    /// <inheritdoc/>
    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (BatchSize > ReplayCapacity)
            yield return new ValidationResult($"batchSize was {BatchSize}, must be at most replayCapacity, {ReplayCapacity}");
    }
}

/// <summary>What of a user a state holds.</summary>
public interface IStateOptions
{
    /// <summary>Dimensions of item space and of the user embedding.</summary>
    int EmbeddingSize { get; }

    /// <summary>Whether the state holds a learned embedding of the user's id.</summary>
    bool UserIds { get; }

    /// <summary>Whether the state holds the recent items.</summary>
    bool History { get; }
}

/// <summary>Options of the bandits whose networks see a user's state.</summary>
public abstract record StateNetworkOptions : NetworkOptions, IStateOptions
{
    /// <summary>Whether the state holds a learned embedding of the user's id. Default false.</summary>
    public bool UserIds { get; init; }

    /// <summary>Whether the state holds the mean points of the recent items that were liked and of those that were not. Default false.</summary>
    public bool History { get; init; }
}
