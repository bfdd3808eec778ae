namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>What a log says about a policy that did not write it. All values are responses per slate.</summary>
public sealed record OffPolicyResult
{
    /// <summary>In the order of <see cref="OffPolicyEstimators.Names"/>.</summary>
    public required IReadOnlyList<OffPolicyEstimate> Estimates { get; init; }

    /// <summary>What the log's own agent earned in the same iterations.</summary>
    public required OffPolicyEstimate Logged { get; init; }

    public required WeightSummary Weights { get; init; }

    /// <summary>Largest weight that switch-dr used.</summary>
    public required double Switch { get; init; }

    /// <summary>Iterations of the log that the agent learned from.</summary>
    public required long TrainIterations { get; init; }

    /// <summary>Iterations that the estimates use, those after them.</summary>
    public required long EvaluatedIterations { get; init; }

    /// <summary>Slates of those.</summary>
    public required int Slates { get; init; }

    /// <summary>Users of those, each once.</summary>
    public required int Users { get; init; }

    /// <summary>The policy's expected responses per slate, in those iterations, from those users as they were; none where it was not asked for.</summary>
    public double? Truth { get; init; }
}
