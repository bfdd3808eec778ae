using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Speed;

/// <summary>The least that a round of an environment needs, in libtorch operations with libtorch's own generator: find the probabilities of what is shown, draw, compare, sum.
/// What a step is compared with: it checks nothing, remembers nothing, and its draws cannot be repeated.</summary>
public sealed class PlainRound : IDisposable
{
    private readonly Tensor _table;

    /// <param name="environment">One that tells its truth, at its beginning. Borrowed.</param>
    /// <param name="likedEqually">Whether every user likes the items equally, so that there is one probability for each item rather than for each pair.</param>
    public PlainRound(IEnvironment environment, bool likedEqually)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var spec = environment.Spec;
        var users = arange(likedEqually ? 1 : spec.UserCount, ScalarType.Int64, spec.Device);
        var table = ((ITruth)environment).ExpectedResponses(users, environment.Iteration);
        _table = (likedEqually ? table.squeeze(0) : table).DetachFromDisposeScope();
        Slates = SlatesOf(spec).DetachFromDisposeScope();
    }

    /// <summary>[U, K] int64, a slate for every user, with items that are distinct in each and scattered over all. Borrowed.</summary>
    public Tensor Slates { get; }

    /// <summary>[U, N] float32, or [N] where every user likes the items equally. Borrowed.</summary>
    public Tensor Probabilities => _table;

    /// <summary>Draws responses of every user to <see cref="Slates"/>, and sums them.</summary>
    public void Play()
    {
        using var scope = NewDisposeScope();
        var probabilities = _table.dim() == 1 ? _table.index_select(0, Slates.view(-1)).view(Slates.shape) : _table.gather(1, Slates);
        _ = rand(Slates.shape, device: Slates.device).lt(probabilities).to_type(ScalarType.Float32).sum(1);
    }

    public void Dispose()
    {
        _table.Dispose();
        Slates.Dispose();
    }

    private static Tensor SlatesOf(EnvironmentSpec spec)
    {
        using var scope = NewDisposeScope();
        // A stride without a divisor in common with the number of items: as many slots as there are items are distinct.
        var stride = 97L;
        while (Greatest(stride, spec.ItemCount) != 1)
            stride++;
        var slots = arange(spec.SlateSize, ScalarType.Int64, spec.Device).mul(stride);
        return arange(spec.UserCount, ScalarType.Int64, spec.Device).mul(7).unsqueeze(1).add(slots).remainder(spec.ItemCount).MoveToOuterDisposeScope();
    }

    /// <summary>The greatest common divisor.</summary>
    private static long Greatest(long first, long second) => second == 0 ? first : Greatest(second, first % second);
}
