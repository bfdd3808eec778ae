using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation;

/// <summary>The users whose state an environment holds, each in a row of every tensor of the state. Row 0 is the first of them, whatever the user's id.</summary>
internal readonly record struct UserRows(int First, int Count)
{
    public static UserRows Of(UserRange users) => new(users.First, users.Count);

    /// <summary>The rows of users.</summary>
    /// <param name="userIds">int64, of these users.</param>
    /// <returns>int64 of the same shape. The caller disposes.</returns>
    public Tensor Of(Tensor userIds) => First == 0 ? userIds.alias() : userIds.sub(First);

    /// <returns>[Count] int64, the users' ids in rising order. The caller disposes.</returns>
    public Tensor Ids(Device device) => arange(First, First + (long)Count, ScalarType.Int64, device);
}
