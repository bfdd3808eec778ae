using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments.Checkpoints;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Shards;

/// <summary>Merges what happened on shards as sums over users.</summary>
/// <remarks>A shard sends the sums of the largest nodes of the tree that it holds: one for a number of shards that is a power of two, a few otherwise.</remarks>
internal static class SumMerging
{
    private const string Prefix = "node.";

    /// <summary>Sums up a part of a round on its shard.</summary>
    /// <param name="heard">Rows in the order of the users' ids. Borrowed.</param>
    /// <param name="held">The blocks of the shard.</param>
    public static void Collect(ILearnsFromSums agent, UserBlocks blocks, BlockNode held, Feedback heard, IStateWriter answer)
    {
        var users = heard.Observation.UserIds.cpu().data<long>().ToArray();
        foreach (var node in UserBlocks.Cover(held))
        {
            using var sums = Sum(node);
            foreach (var (name, value) in sums?.Tensors ?? new Dictionary<string, Tensor>())
                answer.Write($"{Prefix}{node}.{name}", value);
        }

        Sums? Sum(BlockNode node)
        {
            if (node.Count > 1)
                return Sums.OfHalves(node, Sum);
            var range = blocks.Users(node);
            var start = Array.BinarySearch(users, range.First) is var place && place < 0 ? ~place : place;
            var end = Array.BinarySearch(users, (long)range.First + range.Count) is var next && next < 0 ? ~next : next;
            if (start == end)
                return null;
            using var scope = NewDisposeScope();
            var sums = new Sums();
            agent.SumUp(heard.Slice(start, end - start), sums);
            return sums;
        }
    }

    /// <summary>Lets the learner learn from what the shards sent of one round.</summary>
    /// <param name="prefix">Of the round in the answers.</param>
    /// <exception cref="InvalidDataException">The answers do not fit together.</exception>
    public static void Learn(ILearnsFromSums agent, IReadOnlyList<SavedState> answers, string prefix)
    {
        using var root = Find(UserBlocks.Root);
        using var whole = new SavedState("the sums of the shards");
        foreach (var (name, value) in root?.Tensors ?? new Dictionary<string, Tensor>())
            whole.Write(name, value);
        using var scope = NewDisposeScope();
        agent.LearnSums(whole);

        Sums? Find(BlockNode node)
        {
            var start = $"{prefix}{Prefix}{node}.";
            Sums? sums = null;
            foreach (var (name, value) in answers.SelectMany(answer => answer.Tensors).Where(one => one.Key.StartsWith(start, StringComparison.Ordinal)))
                (sums ??= new Sums()).Write(name[start.Length..], value);
            return sums ?? (node.Count > 1 ? Sums.OfHalves(node, Find) : null);
        }
    }
}
