using RecDeepRL.Core;
using RecDeepRL.Experiments.Checkpoints;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Shards;

/// <summary>The shards of a run as one of them sees them, where they learn together. They speak through the client.</summary>
/// <param name="member">Which shard this is.</param>
/// <param name="members">How many there are.</param>
/// <param name="exchange">Tells the others something and waits for what comes of it. Borrows what it is given; the caller disposes the rest.</param>
internal sealed class ShardGroup(int member, int members, Func<SavedState, SavedState> exchange) : ILearningGroup
{
    public const string RowsName = "rows";
    public const string SummandName = "summand";

    public int Member => member;

    public int Members => members;

    public IReadOnlyList<long> Rows { get; private set; } = [];

    /// <summary>Tells the others how many users the shard has in a round, and hears of theirs.</summary>
    public void Gather(long own)
    {
        using var told = new SavedState();
        told.Write(RowsName, own);
        using var heard = exchange(told);
        using var rows = heard.ReadTensor(RowsName);
        Rows = rows.data<long>().ToArray();
    }

    public Tensor Sum(Tensor own)
    {
        using var told = new SavedState();
        told.Write(SummandName, own);
        using var heard = exchange(told);
        using var sum = heard.ReadTensor(SummandName);
        Guard.Shape(sum, "the sum over all shards", "numbers", own.shape);
        return sum.to(own.device, copy: true);
    }
}
