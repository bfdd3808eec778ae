using RecDeepRL.Core;
using RecDeepRL.Data.Logs;

namespace RecDeepRL.Cluster.Shards;

/// <summary>Divides a population into blocks of consecutive users, the same however many shards there are: a shard holds consecutive blocks. Sums over users are taken
/// block by block and added up in the order of a binary tree over the blocks, so that they come out the same, bit for bit, for any number of shards.</summary>
/// <param name="userCount">U.</param>
internal sealed class UserBlocks(int userCount)
{
    /// <summary>Blocks in all, a power of two.</summary>
    public const int Count = ShardedLog.MostShards;

    /// <summary>The whole tree: its root.</summary>
    public static BlockNode Root { get; } = new(0, Count);

    /// <summary>The blocks of one shard.</summary>
    public static BlockNode Of(int shard, int shards) => new(shard * Count / shards, ((shard + 1) * Count / shards) - (shard * Count / shards));

    /// <summary>The users of consecutive blocks.</summary>
    public UserRange Users(BlockNode blocks)
    {
        var first = Start(blocks.First);
        return new UserRange(first, Start(blocks.First + blocks.Count) - first);
    }

    /// <summary>The largest nodes of the tree that consecutive blocks are made of, in order.</summary>
    public static IEnumerable<BlockNode> Cover(BlockNode blocks) => Cover(Root, blocks);

    private int Start(int block) => (int)((long)block * userCount / Count);

    private static IEnumerable<BlockNode> Cover(BlockNode node, BlockNode wanted)
    {
        if (node.First >= wanted.First + wanted.Count || wanted.First >= node.First + node.Count)
            return [];
        return wanted.First <= node.First && node.First + node.Count <= wanted.First + wanted.Count
            ? [node]
            : Cover(node.Left, wanted).Concat(Cover(node.Right, wanted));
    }
}

/// <summary>Consecutive blocks: a node of the tree, or what a shard holds.</summary>
/// <param name="First">The first block, from 0.</param>
/// <param name="Count">How many, at least 1.</param>
internal readonly record struct BlockNode(int First, int Count)
{
    public BlockNode Left => new(First, Count / 2);

    public BlockNode Right => new(First + (Count / 2), Count / 2);

    /// <summary>How the node is called in messages.</summary>
    public override string ToString() => $"{First}-{Count}";
}
