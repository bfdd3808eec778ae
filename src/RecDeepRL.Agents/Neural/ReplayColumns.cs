using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>Where a <see cref="ReplayBuffer"/> keeps its rows: named columns on the device, which double as rows arrive, up to the capacity.</summary>
/// <param name="capacity">Rows at most.</param>
internal sealed class ReplayColumns(long capacity, Device device) : IDisposable
{
    private const long FirstAllocation = 1024;

    private readonly Dictionary<string, Tensor> _columns = [];

    /// <summary>Rows that there is room for.</summary>
    public long Allocated { get; private set; }

    public IEnumerable<(string Name, Tensor Values)> All => _columns.Select(column => (column.Key, column.Value));

    /// <summary>[<see cref="Allocated"/>, …]. Borrowed.</summary>
    public Tensor this[string name] => _columns[name];

    /// <returns>[n, …], the rows at these places. The caller disposes.</returns>
    public Tensor Selected(string name, Tensor places) => _columns[name].index_select(0, places);

    /// <summary>Makes room for <paramref name="wanted"/> rows, at most the capacity.</summary>
    /// <param name="count">Rows filled, which are kept.</param>
    /// <param name="like">Rows of the columns there shall be, for their shapes and types.</param>
    public void Reserve(long wanted, long count, Dictionary<string, Tensor> like)
    {
        if (wanted <= Allocated)
            return;
        var size = Math.Max(FirstAllocation, Allocated);
        while (size < wanted)
            size *= 2;
        size = Math.Min(size, capacity);
        foreach (var (name, values) in like)
        {
            var larger = zeros([size, .. values.shape[1..]], values.dtype, device).DetachFromDisposeScope();
            if (_columns.Remove(name, out var smaller))
            {
                larger.narrow(0, 0, count).copy_(smaller.narrow(0, 0, count));
                smaller.Dispose();
            }
            _columns[name] = larger;
        }
        Allocated = size;
    }

    /// <summary>Gives all storage back.</summary>
    public void Release()
    {
        foreach (var column in _columns.Values)
            column.Dispose();
        _columns.Clear();
        Allocated = 0;
    }

    public void Dispose() => Release();
}
