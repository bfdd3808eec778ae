using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>The users and items of an environment with their features. Rows stand in the order of the ids 0…U−1 and 0…N−1.</summary>
public sealed class Population : IDisposable
{
    /// <param name="userKeys">[U] the users' names in the source data; distinct.</param>
    /// <param name="itemKeys">[N] the items' names in the source data; distinct.</param>
    /// <param name="userFeatures">[U, D] float32 or none. Ownership passes to the population.</param>
    /// <param name="itemFeatures">[N, D'] float32 or none. Ownership passes to the population.</param>
    public Population(long[] userKeys, long[] itemKeys, Tensor? userFeatures = null, Tensor? itemFeatures = null)
    {
        if (userFeatures is not null)
            Guard.Shape(userFeatures, "userFeatures", "users, features", userKeys.Length, -1);
        if (itemFeatures is not null)
            Guard.Shape(itemFeatures, "itemFeatures", "items, features", itemKeys.Length, -1);
        UserKeys = userKeys;
        ItemKeys = itemKeys;
        UserFeatures = userFeatures?.DetachFromDisposeScope();
        ItemFeatures = itemFeatures?.DetachFromDisposeScope();
        Fingerprint = ComputeFingerprint();
    }

    /// <summary>[U] the users' keys in the source data, by user id.</summary>
    public IReadOnlyList<long> UserKeys { get; }

    /// <summary>[N] the items' keys in the source data, by item id.</summary>
    public IReadOnlyList<long> ItemKeys { get; }

    /// <summary>[U, D] float32, or none. Borrowed by whoever reads it.</summary>
    public Tensor? UserFeatures { get; }

    /// <summary>[N, D'] float32, or none. Borrowed by whoever reads it.</summary>
    public Tensor? ItemFeatures { get; }

    /// <summary>Names of the user features, where the source has them.</summary>
    public IReadOnlyList<string> UserFeatureNames { get; init; } = [];

    /// <summary>Names of the item features, where the source has them.</summary>
    public IReadOnlyList<string> ItemFeatureNames { get; init; } = [];

    /// <summary>[N] titles for people, where the source has them; otherwise empty.</summary>
    public IReadOnlyList<string> ItemTitles { get; init; } = [];

    /// <summary>What the source says of the items in words, such as genres and years; empty where it says nothing. No agent reads them, and they are no part of the fingerprint.</summary>
    public IReadOnlyList<ItemLabel> ItemLabels { get; init; } = [];

    /// <summary>First 16 hexadecimal digits of a SHA-256 over keys and features.</summary>
    public string Fingerprint { get; }

    public int UserCount => UserKeys.Count;

    public int ItemCount => ItemKeys.Count;

    public void Dispose()
    {
        UserFeatures?.Dispose();
        ItemFeatures?.Dispose();
    }

    private string ComputeFingerprint()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes((ReadOnlySpan<long>)(long[])UserKeys));
        hash.AppendData(Encoding.ASCII.GetBytes("items"));
        hash.AppendData(MemoryMarshal.AsBytes((ReadOnlySpan<long>)(long[])ItemKeys));
        foreach (var features in new[] { UserFeatures, ItemFeatures })
        {
            hash.AppendData(Encoding.ASCII.GetBytes("features"));
            if (features is null)
                continue;
            using var scope = NewDisposeScope();
            hash.AppendData(features.cpu().contiguous().bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
