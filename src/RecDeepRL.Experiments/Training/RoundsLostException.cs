namespace RecDeepRL.Experiments.Training;

/// <summary>Who played rounds of a run is lost, and the state of its users with them. The run can go on from a checkpoint, see <see cref="IRecoverableRounds"/>.</summary>
#pragma warning disable CA1032 // It always says who is lost.
public sealed class RoundsLostException(string message, Exception? fault) : Exception(message, fault)
#pragma warning restore CA1032
{
}

/// <summary>Rounds that are played by others, who may be lost on the way.</summary>
public interface IRecoverableRounds : IRounds, IDisposable
{
    /// <summary>After a loss: finds others in the place of those who are lost. What they hold afterwards is to be restored from a checkpoint.</summary>
    /// <exception cref="Core.UserMistakeException">Nobody is there to take their places.</exception>
    /// <exception cref="OperationCanceledException">It was called off.</exception>
    void Recover(CancellationToken cancellation);
}
