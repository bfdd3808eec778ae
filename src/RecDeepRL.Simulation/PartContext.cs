using RecDeepRL.Core;
using TorchSharp;

namespace RecDeepRL.Simulation;

/// <summary>What the parts of an environment are built from, beside their options: response steps, choice models, dynamics.</summary>
/// <param name="Population">Users and items with features. Borrowed; outlives the part.</param>
/// <param name="Device">Where the part's tensors live.</param>
/// <param name="Seed">Seed of what the part draws once, when it is made, such as hidden tastes; draws of rounds come from the environment's coins.</param>
/// <param name="SlateSize">K.</param>
/// <param name="DefaultIterations">Rounds of one run unless its user asks for another number: what a drift is stretched over.</param>
internal sealed record PartContext(Population Population, torch.Device Device, long Seed, int SlateSize, int DefaultIterations)
{
    /// <summary>The users whose state the part holds; the whole population by default.</summary>
    public UserRange Users { get; init; } = new(0, Population.UserCount);
}
