using RecDeepRL.Core;

namespace RecDeepRL.Cluster.Clients;

/// <summary>Lets as many runs out at once as the cluster has places for, a number that changes as workers come and go.</summary>
internal sealed class CellGate
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = [];
    private int _limit;
    private int _inside;
    private UserMistakeException? _fault;

    /// <summary>Waits for its turn, first come, first served.</summary>
    /// <exception cref="OperationCanceledException">It was called off before.</exception>
    /// <exception cref="UserMistakeException">There will be no turn.</exception>
    public async Task EnterAsync(CancellationToken cancellation)
    {
        var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_fault is not null)
                throw new UserMistakeException(_fault.Message, _fault);
            _waiting.Enqueue(turn);
            LetIn();
        }
        await using (cancellation.Register(() => turn.TrySetCanceled(cancellation)).ConfigureAwait(false))
            await turn.Task.ConfigureAwait(false);
    }

    public void Exit()
    {
        lock (_gate)
        {
            _inside--;
            LetIn();
        }
    }

    public void SetLimit(int limit)
    {
        lock (_gate)
        {
            _limit = limit;
            LetIn();
        }
    }

    /// <summary>Turns away all who wait or come.</summary>
    public void Close(UserMistakeException fault)
    {
        lock (_gate)
        {
            _fault ??= fault;
            while (_waiting.TryDequeue(out var turn))
                turn.TrySetException(new UserMistakeException(_fault.Message, _fault));
        }
    }

    private void LetIn()
    {
        while (_inside < _limit && _waiting.TryDequeue(out var turn))
        {
            if (turn.TrySetResult())
                _inside++;
        }
    }
}
