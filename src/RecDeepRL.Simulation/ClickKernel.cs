using System.Numerics;
using System.Runtime.CompilerServices;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>Responses to items that are answered each for itself, on the CPU, in one pass over the batch: find the probability, draw the coin, compare, write.</summary>
/// <remarks>Bit for bit what the tensor operations give (<see cref="UserBehaviour.RespondByTensorOperations"/>): coins are the same hashes, and a coin of 24 bits
/// is exact as a float32. Loops are compiled at once with optimisation: a run of a few rounds would be over before they were found to be worth it. No intermediate result has the size
/// of the batch: blocks of responses stay in the first cache, and are so small that the lines of a large table which two of them wait for fit there as well.</remarks>
internal static class ClickKernel
{
    private const int Block = 64;

    /// <summary>Whether the tensors are such as the kernel reads.</summary>
    public static bool Takes(Tensor users, Tensor slates) =>
        slates.device_type == TorchSharp.DeviceType.CPU && users.device_type == TorchSharp.DeviceType.CPU
        && slates.dtype == ScalarType.Int64 && users.dtype == ScalarType.Int64;

    /// <summary>Responses by a table of probabilities.</summary>
    /// <param name="table">[U, N] float32 on the CPU, contiguous, or [N] where users like items equally.</param>
    /// <param name="users">[B] int64. Borrowed, as are the others.</param>
    /// <param name="slates">[B, K] int64.</param>
    /// <param name="itemCount">N. The coin for user u and item i is lane u · N + i.</param>
    /// <returns>[B, K] float32, 1 where the coin falls below the probability, else 0. The caller disposes.</returns>
    public static Tensor DrawByTable(RandomStream coins, long iteration, Tensor table, Tensor users, Tensor slates, int itemCount) =>
        Draw(coins, iteration, table, table.dim() == 1 ? Probability.OfItem : Probability.OfPair, users, slates, itemCount);

    /// <summary>Responses where the probabilities of what is shown are known already.</summary>
    /// <param name="appeal">[B, K] float32 on the CPU.</param>
    /// <inheritdoc cref="DrawByTable"/>
    public static Tensor DrawByAppeal(RandomStream coins, long iteration, Tensor appeal, Tensor users, Tensor slates, int itemCount)
    {
        using var contiguous = appeal.contiguous();
        return Draw(coins, iteration, contiguous, Probability.OfResponse, users, slates, itemCount);
    }

    private static Tensor Draw(RandomStream coins, long iteration, Tensor probabilities, Probability kind, Tensor users, Tensor slates, int itemCount)
    {
        using var scope = NewDisposeScope();
        var (userCount, slots) = (slates.size(0), slates.size(1));
        var (userRows, slateRows, responses) = (users.contiguous(), slates.contiguous(), empty(userCount, slots, ScalarType.Float32));
        var pass = new Pass(
            coins, iteration, new TensorMemory<float>(probabilities), kind, new TensorMemory<long>(userRows), new TensorMemory<long>(slateRows),
            new TensorMemory<float>(responses), (int)slots, itemCount);
        UserSlices.ForEachInOnePass(userCount, slots, pass.Run);
        GC.KeepAlive(probabilities);
        return responses.MoveToOuterDisposeScope();
    }

    /// <summary>What there is one probability of: each item, each user and item, or each response, in the order of the slates.</summary>
    private enum Probability
    {
        OfItem,
        OfPair,
        OfResponse,
    }

    private sealed record Pass(
        RandomStream Coins, long Iteration, TensorMemory<float> Probabilities, Probability Kind,
        TensorMemory<long> Users, TensorMemory<long> Slates, TensorMemory<float> Responses, int Slots, int ItemCount)
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(long firstUser, int userCount)
        {
            Span<long> pairs = stackalloc long[Block];
            Span<long> nextPairs = stackalloc long[Block];
            Span<float> coins = stackalloc float[Block];
            Span<float> found = stackalloc float[Block];
            var users = Users.Slice(firstUser, userCount);
            var items = Slates.Slice(firstUser * Slots, userCount * Slots);
            var responses = Responses.Slice(firstUser * Slots, userCount * Slots);
            var (user, slot) = (0, 0);
            Prepare(users, items, 0, ref user, ref slot, pairs);
            for (var first = 0; first < items.Length; first += Block)
            {
                var count = Math.Min(Block, items.Length - first);
                Prepare(users, items, first + Block, ref user, ref slot, nextPairs);
                Coins.FillUniform(Iteration, pairs[..count], coins);
                var probabilities = Kind switch
                {
                    Probability.OfPair => Fetch(pairs[..count], found),
                    Probability.OfItem => Fetch(items.Slice(first, count), found),
                    _ => Probabilities.Slice((firstUser * Slots) + first, count),
                };
                Compare(coins, probabilities, responses.Slice(first, count));
                var done = pairs;
                pairs = nextPairs;
                nextPairs = done;
            }
        }

        /// <summary>Numbers the pairs of the block that begins with a response, if there is one, and asks for their probabilities while the block before is drawn: in a large table,
        /// waiting for them would take most of the time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Prepare(ReadOnlySpan<long> users, ReadOnlySpan<long> items, int first, ref int user, ref int slot, Span<long> pairs)
        {
            if (first >= items.Length)
                return;
            var count = Math.Min(Block, items.Length - first);
            Number(users, items.Slice(first, count), ref user, ref slot, pairs);
            if (Kind == Probability.OfPair)
                Announce(pairs[..count]);
        }

        /// <summary>The numbers u · N + i of a block's pairs: the lanes of their coins, and their places in a table of pairs.</summary>
        /// <param name="user">Where the block begins, and after it where the next one does.</param>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Number(ReadOnlySpan<long> users, ReadOnlySpan<long> items, ref int user, ref int slot, Span<long> pairs)
        {
            if (Slots == 1)
            {
                users = users.Slice(user, items.Length);
                for (var index = 0; index < items.Length; index++)
                    pairs[index] = (users[index] * ItemCount) + items[index];
                user += items.Length;
                return;
            }
            for (var index = 0; index < items.Length;)
            {
                var pair = users[user] * ItemCount;
                var end = Math.Min(items.Length, index + Slots - slot);
                slot = slot + end - index == Slots ? 0 : slot + end - index;
                user += slot == 0 ? 1 : 0;
                for (; index < end; index++)
                    pairs[index] = pair + items[index];
            }
        }

        /// <summary>Asks for the probabilities of a block at once, without waiting for any.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Announce(ReadOnlySpan<long> places)
        {
            var table = Probabilities;
            foreach (var place in places)
                table.Prefetch(place);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private Span<float> Fetch(ReadOnlySpan<long> places, Span<float> found)
        {
            var table = Probabilities;
            for (var index = 0; index < places.Length; index++)
                found[index] = table[places[index]];
            return found[..places.Length];
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Compare(ReadOnlySpan<float> coins, ReadOnlySpan<float> probabilities, Span<float> responses)
        {
            var index = 0;
            for (; index <= responses.Length - Vector<float>.Count; index += Vector<float>.Count)
            {
                var below = Vector.LessThan(new Vector<float>(coins[index..]), new Vector<float>(probabilities[index..]));
                Vector.ConditionalSelect(below, Vector<float>.One, Vector<float>.Zero).CopyTo(responses[index..]);
            }
            for (; index < responses.Length; index++)
                responses[index] = coins[index] < probabilities[index] ? 1 : 0;
        }
    }
}
