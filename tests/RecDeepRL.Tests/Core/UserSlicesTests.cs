using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core;

public sealed class UserSlicesTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 5)]
    [InlineData(100_000, 1)]
    [InlineData(2_000_000, 1)]
    [InlineData(400_000, 7)]
    [InlineData(3, 1_000_000)]
    public void EveryUserIsInExactlyOneSlice(long users, long valuesPerUser)
    {
        var slices = UserSlices.Of(users, valuesPerUser, CPU).ToList();
        var next = 0L;
        foreach (var (start, count) in slices)
        {
            Assert.Equal(next, start);
            Assert.InRange(count, 1, users);
            next += count;
        }
        Assert.Equal(users, next);
        var visited = new List<(long, long)>();
        UserSlices.ForEach(users, valuesPerUser, CPU, (start, count) =>
        {
            lock (visited)
                visited.Add((start, count));
        });
        Assert.Equal(slices, visited.Order());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 5)]
    [InlineData(100_000, 1)]
    [InlineData(40_000, 7)]
    [InlineData(3, 1_000_000)]
    public void ALoopPassesEveryUserOnce(long users, long valuesPerUser)
    {
        var visits = new int[users];
        UserSlices.ForEachInOnePass(users, valuesPerUser, (start, count) =>
        {
            for (var user = start; user < start + count; user++)
                Interlocked.Increment(ref visits[user]);
        });
        Assert.All(visits, count => Assert.Equal(1, count));
    }

    [Fact]
    public void AFaultInALoopIsTheCallersAsItIs() =>
        Assert.Throws<TimeoutException>(() => UserSlices.ForEachInOnePass(2_000_000, 1, (_, _) => throw new TimeoutException()));

    [Fact]
    public void AFaultIsTheCallersAsItIs() =>
        Assert.Throws<TimeoutException>(() => UserSlices.ForEach(2_000_000, 1, CPU, (_, _) => throw new TimeoutException()));
}
