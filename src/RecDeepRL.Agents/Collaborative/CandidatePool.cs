using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Collaborative;

/// <summary>The items that an agent still considers: all or a random choice at first, then by successive halving the better ones, down to a size asked for.
/// With few responses for each user, spreading them over all items tells too little of any.</summary>
/// <remarks>Cf. Karnin, Koren and Somekh 2013, sequential halving; here cuts come at a fixed number of responses for each user of the population, so that no
/// horizon has to be known. What makes an item better is up to the agent. Usage: <see cref="Count"/> each round's feedback, then, while
/// <see cref="IsCutDue"/>, <see cref="Cut"/>; <see cref="Restrict"/> scores before they are ranked.</remarks>
internal sealed class CandidatePool : IDisposable
{
    private readonly int _smallest;
    private readonly double _responsesToFirstCut;
    private readonly double _responsesPerCut;
    private readonly RandomStream _ties;
    private long _responses;
    private long _cuts;

    /// <param name="smallest">Items left in the end; at least 1. Never fewer than a slate needs.</param>
    /// <param name="responsesPerCut">Responses between two cuts, for each user of the population on average; 0 to cut to the smallest size at once.</param>
    /// <param name="ties">Breaks ties between items.</param>
    /// <param name="largest">Items to begin with, drawn at random; any number not below N for all.</param>
    /// <param name="responsesToFirstCut">Responses before the first cut; none for as many as between two cuts.</param>
    public CandidatePool(EnvironmentSpec spec, int smallest, double responsesPerCut, RandomStream ties, int largest = int.MaxValue, double? responsesToFirstCut = null)
    {
        _smallest = Math.Min(spec.ItemCount, Math.Max(smallest, spec.SlateSize));
        _responsesToFirstCut = (responsesToFirstCut ?? responsesPerCut) * spec.UserCount;
        _responsesPerCut = responsesPerCut * spec.UserCount;
        _ties = ties;
        Size = spec.ItemCount;
        Members = ones([spec.ItemCount], ScalarType.Bool, spec.Device).DetachFromDisposeScope();
        if (largest < spec.ItemCount && _smallest < spec.ItemCount)
            Keep(zeros(spec.ItemCount, ScalarType.Float64, spec.Device), Math.Max(_smallest, largest), -1);
    }

    /// <summary>[N] bool, true for an item of the pool. Borrowed.</summary>
    public Tensor Members { get; }

    /// <summary>How many items the pool holds.</summary>
    public int Size { get; private set; }

    /// <summary>Whether the pool has its smallest size.</summary>
    public bool IsFinal => Size == _smallest;

    /// <summary>Whether enough responses have come for the next cut.</summary>
    public bool IsCutDue => !IsFinal && _responses > 0 && _responses >= _responsesToFirstCut + (_cuts * _responsesPerCut);

    public void Count(Feedback feedback) => _responses += feedback.Slates.numel();

    /// <summary>Keeps the better half of the members, or the smallest size where that is more.</summary>
    /// <param name="scores">[N] float, never NaN; the higher, the better. Read for members only.</param>
    public void Cut(Tensor scores)
    {
        Keep(scores, _responsesPerCut == 0 ? _smallest : Math.Max(_smallest, (Size + 1) / 2), _cuts);
        _cuts++;
    }

    /// <param name="draw">Which draw breaks ties: −1 the first choice, then the number of cuts before.</param>
    private void Keep(Tensor scores, int size, long draw)
    {
        using var scope = NewDisposeScope();
        var shuffled = _ties.Bits(draw, arange(scores.size(0), ScalarType.Int64, scores.device)).argsort();
        var order = Restrict(scores).index_select(0, shuffled).sort(0, descending: true, stable: true).Indices;
        var kept = shuffled.index_select(0, order.narrow(0, 0, size));
        Members.zero_().index_fill_(0, kept, true);
        Size = size;
    }

    /// <returns>[..., N], the scores of members; −∞ for others, which <see cref="Ranking"/> then shows only where a slate cannot be filled otherwise.</returns>
    public Tensor Restrict(Tensor scores)
    {
        using var scope = NewDisposeScope();
        return scores.masked_fill(Members.logical_not(), double.NegativeInfinity).MoveToOuterDisposeScope();
    }

    /// <summary>The ids of the members, ascending. Waits for the device.</summary>
    /// <returns>[P] int64.</returns>
    public Tensor Ids()
    {
        using var scope = NewDisposeScope();
        return Members.nonzero().squeeze(1).MoveToOuterDisposeScope();
    }

    public void Save(IStateWriter writer)
    {
        writer.Write("members", Members);
        writer.Write("size", Size);
        writer.Write("responses", _responses);
        writer.Write("cuts", _cuts);
    }

    public void Load(IStateReader reader)
    {
        reader.ReadInto("members", Members);
        Size = (int)reader.ReadCount("size");
        _responses = reader.ReadCount("responses");
        _cuts = reader.ReadCount("cuts");
        using var scope = NewDisposeScope();
        var members = Members.sum().item<long>();
        if (members != Size)
            throw new ArgumentException($"the pool of candidates has {members} members, and says that it has {Size}.");
    }

    public void Dispose() => Members.Dispose();
}
