using TorchSharp;

namespace RecDeepRL.Core;

/// <summary>What an environment is built from, beside its options.</summary>
/// <param name="Seed">Seed of a built-in population, and of the coins until the next <see cref="IEnvironment.Reset"/>.</param>
/// <param name="Device">Where its tensors live.</param>
/// <param name="DataFolder">Folder in the original's layout to read the truth from; none for the built-in population.</param>
public sealed record EnvironmentContext(long Seed, torch.Device Device, string? DataFolder)
{
    /// <summary>The users whose state is to live here; none for the whole population. Population and truth are those of all.</summary>
    public UserRange? Part { get; init; }
}
