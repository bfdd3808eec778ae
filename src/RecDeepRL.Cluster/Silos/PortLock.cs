namespace RecDeepRL.Cluster.Silos;

/// <summary>Keeps workers of a machine that start side by side from trying the same ports: one that looks whether a port is free listens on it for a moment, and
/// others that connect meanwhile would meet the wrong one. The system lets go of it when the process ends, however it ends.</summary>
internal static class PortLock
{
    /// <returns>Held until disposed; none where another worker has it.</returns>
    public static IDisposable? Take(int port)
    {
        try
        {
            return new FileStream(Path.Combine(Path.GetTempPath(), $"recdeeprl-worker-{port}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
