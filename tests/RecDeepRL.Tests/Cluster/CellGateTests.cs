using RecDeepRL.Cluster.Clients;
using RecDeepRL.Core;

namespace RecDeepRL.Tests.Cluster;

public sealed class CellGateTests
{
    [Fact]
    public async Task AsManyAreLetInAsThereArePlacesInTheOrderOfTheirComing()
    {
        var gate = new CellGate();
        var turns = Enumerable.Range(0, 4).Select(_ => gate.EnterAsync(CancellationToken.None)).ToList();
        Assert.All(turns, turn => Assert.False(turn.IsCompleted));

        gate.SetLimit(2);
        await Task.WhenAll(turns[..2]);
        Assert.False(turns[2].IsCompleted);

        gate.Exit();
        await turns[2];
        Assert.False(turns[3].IsCompleted);

        // Two are inside: one leaves, but there is room for one only.
        gate.SetLimit(1);
        gate.Exit();
        Assert.False(turns[3].IsCompleted);
        gate.Exit();
        await turns[3];
    }

    [Fact]
    public async Task WhoGivesUpTakesNobodysPlace()
    {
        var gate = new CellGate();
        using var stop = new CancellationTokenSource();
        var first = gate.EnterAsync(stop.Token);
        var second = gate.EnterAsync(CancellationToken.None);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetLimit(1);
        await second;
    }

    [Fact]
    public async Task WhenItClosesAllAreTurnedAway()
    {
        var gate = new CellGate();
        var waiting = gate.EnterAsync(CancellationToken.None);

        gate.Close(new UserMistakeException("nobody is there"));

        Assert.Equal("nobody is there", (await Assert.ThrowsAsync<UserMistakeException>(() => waiting)).Message);
        Assert.Equal("nobody is there", (await Assert.ThrowsAsync<UserMistakeException>(() => gate.EnterAsync(CancellationToken.None))).Message);
    }
}
