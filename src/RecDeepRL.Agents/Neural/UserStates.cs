using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>What the bandits' networks see of a user: the features and the embedded id, and as a <see cref="StateEncoder"/> does, where it is asked for, the
/// recent items. Where nothing at all is known of a user, the state is the number 1.</summary>
/// <remarks>Item points are learned only where something reads them.</remarks>
internal sealed class UserStates(EnvironmentSpec spec, IStateOptions options, ParameterBlock block, FeatureScale scale, bool points = false)
{
    private readonly StateEncoder? _encoder = points || options.History ? new StateEncoder(block, scale, options.UserIds) : null;
    private readonly Tensor? _users = options.UserIds ? block["users.embedding"] : null;

    /// <param name="points">Whether the agent itself reads item points, beside the history.</param>
    public static IEnumerable<ParameterShape> Shapes(EnvironmentSpec spec, IStateOptions options, bool points = false) =>
        StateEncoder.Shapes(spec, options.EmbeddingSize, options.UserIds).Where(shape => points || options.History || !shape.Name.StartsWith("items.", StringComparison.Ordinal));

    /// <summary>S, the width of a state; at least 1.</summary>
    public static int Width(EnvironmentSpec spec, IStateOptions options) => options.History
        ? StateEncoder.Width(spec, options.EmbeddingSize, options.UserIds)
        : Math.Max(1, spec.UserFeatureCount + (options.UserIds ? options.EmbeddingSize : 0));

    /// <summary>Every item's point. [N, E]; none where nothing reads it.</summary>
    public Tensor? Items() => _encoder?.Items();

    /// <param name="items">[N, E], from <see cref="Items"/>.</param>
    /// <returns>[B, S] float32.</returns>
    public Tensor Of(Observation observation, Tensor? items)
    {
        if (options.History)
            return _encoder!.States(observation, items!);
        using var scope = NewDisposeScope();
        var parts = new List<Tensor>();
        if (observation.UserFeatures is { } features)
            parts.Add(scale.Users(features));
        if (_users is not null)
            parts.Add(_users.index_select(0, observation.UserIds));
        if (parts.Count == 0)
            parts.Add(ones([observation.UserCount, 1], ScalarType.Float32, spec.Device));
        return cat(parts, 1).MoveToOuterDisposeScope();
    }
}
