using System.ComponentModel.DataAnnotations;

namespace RecDeepRL.Agents.Neural;

/// <summary>Options of the bandits whose network has an output for each item.</summary>
public abstract record HeadNetworkOptions : StateNetworkOptions
{
    /// <summary>Hidden layers. Default 1.</summary>
    [Range(1, 2)]
    public int HiddenLayers { get; init; } = 1;
}
