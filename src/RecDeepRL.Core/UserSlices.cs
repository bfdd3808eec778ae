using TorchSharp;

namespace RecDeepRL.Core;

/// <summary>Splits a batch of users into slices for operations whose intermediate results would not fit for all users at once. On the CPU
/// a slice also stays in its cache, so that several operations in a row go faster than over the whole batch.</summary>
public static class UserSlices
{
    private const long ValuesOnCpu = 1 << 18;
    private const long ValuesElsewhere = 1 << 26;

    /// <param name="userCount">B; nothing is returned for 0.</param>
    /// <param name="valuesPerUser">How many values one user has in the largest intermediate result, such as K; at least 1.</param>
    /// <returns>Slices in order, each of at least one user.</returns>
    public static IEnumerable<(long Start, long Count)> Of(long userCount, long valuesPerUser, torch.Device device)
    {
        var size = Math.Max(1, (device.type == DeviceType.CPU ? ValuesOnCpu : ValuesElsewhere) / valuesPerUser);
        for (var start = 0L; start < userCount; start += size)
            yield return (start, Math.Min(size, userCount - start));
    }
}
