using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Contextual;

/// <summary>How often each user was shown each item, the sum of the responses, and each user's latest input: all that squared errors need of a log, as long as a
/// user's input stays the same. U users, N items, inputs of width W; float64.</summary>
internal sealed class PairSums : IDisposable
{
    /// <summary>Most pairs: 1 GiB for each of the two tables.</summary>
    private const long MostPairs = 1L << 27;

    /// <exception cref="UserMistakeException">The tables would not fit into memory.</exception>
    public PairSums(int userCount, int itemCount, int width, Device device)
    {
        if ((long)userCount * itemCount > MostPairs)
            throw new UserMistakeException($"Sums for each of {userCount} users and {itemCount} items are {(long)userCount * itemCount} numbers; at most {MostPairs} are held. Set sweeps=0, or use fewer users or items.");
        Counts = zeros([userCount, itemCount], ScalarType.Float64, device).DetachFromDisposeScope();
        Responses = zeros([userCount, itemCount], ScalarType.Float64, device).DetachFromDisposeScope();
        Inputs = zeros([userCount, width], ScalarType.Float64, device).DetachFromDisposeScope();
    }

    /// <summary>[U, N], how often each user was shown each item. Borrowed by whoever reads it, as are the others.</summary>
    public Tensor Counts { get; }

    /// <summary>[U, N], the sum of the responses.</summary>
    public Tensor Responses { get; }

    /// <summary>[U, W], each user's latest input; 0 for a user who was never there.</summary>
    public Tensor Inputs { get; }

    /// <param name="users">[B] int64, distinct.</param>
    /// <param name="inputs">[B, W] float64.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <param name="responses">[B, K] float.</param>
    public void Add(Tensor users, Tensor inputs, Tensor slates, Tensor responses)
    {
        using var scope = NewDisposeScope();
        var pairs = users.mul(Counts.size(1)).unsqueeze(1).add(slates).reshape(-1);
        Counts.view(-1).index_add_(0, pairs, ones_like(pairs, ScalarType.Float64), 1);
        Responses.view(-1).index_add_(0, pairs, responses.reshape(-1).to_type(ScalarType.Float64), 1);
        Inputs.index_copy_(0, users, inputs);
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("counts", Counts);
        writer.Write("responses", Responses);
        writer.Write("inputs", Inputs);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("counts", Counts);
        reader.ReadInto("responses", Responses);
        reader.ReadInto("inputs", Inputs);
    }

    public void Dispose()
    {
        Counts.Dispose();
        Responses.Dispose();
        Inputs.Dispose();
    }
}
