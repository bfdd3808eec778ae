namespace RecDeepRL.Cluster.Clients;

/// <summary>A run failed in a worker, or with it. The message is that of the fault itself.</summary>
#pragma warning disable CA1032 // It always says what a worker said.
public sealed class RemoteFaultException(string message, string detail) : Exception(message)
#pragma warning restore CA1032
{
    /// <summary>The message, and where the fault arose in the worker's program.</summary>
    public override string ToString() => $"{Message}\n{detail}";
}
