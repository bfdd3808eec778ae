using RecDeepRL.Core.Options;

namespace RecDeepRL.Simulation.Responses.Steps;

/// <summary>What the options of all drifts have in common.</summary>
internal abstract record DriftStepOptions : ResponseStepOptions
{
    /// <summary>Output of the earlier step that drifts; none for the step before. Default none.</summary>
    public string? Input { get; init; }

    internal override ValueList<string>? InputNames => Input is null ? null : [Input];

    internal override bool NeedsInput => true;
}
