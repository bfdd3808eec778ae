using System.Runtime.InteropServices;

namespace RecDeepRL.Cli;

/// <summary>Ctrl-C, SIGTERM and SIGHUP as a cancellation: the first asks for a clean end, a second Ctrl-C ends at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public Interruption()
    {
        foreach (var signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP })
        {
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                // The second signal is left to its default: the process ends.
                context.Cancel = !_source.IsCancellationRequested;
                _source.Cancel();
            }));
        }
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Asks for a clean end, as a signal would.</summary>
    public void Request() => _source.Cancel();

    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }
}
