using System.Collections.Concurrent;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Comparison;

namespace RecDeepRL.Cluster.Silos;

/// <summary>The places of a worker: a thread for each run that it carries out at once, which keeps its latest environment for a while.</summary>
internal sealed class CellSlots : IDisposable
{
    /// <summary>How long a place without work keeps its environment.</summary>
    private static readonly TimeSpan s_keeping = TimeSpan.FromMinutes(1);

    private readonly ICellPool _pool;
    private readonly MemoryLimit? _memory;
    private readonly Lock _gate = new();
    private readonly List<Slot> _free;
    private readonly IReadOnlyList<Slot> _all;
    private bool _disposed;

    /// <param name="pool">Has a place for each run at once. Disposed here.</param>
    /// <param name="memory">While it is reached, no work is begun; none for no limit.</param>
    public CellSlots(ICellPool pool, MemoryLimit? memory = null)
    {
        _pool = pool;
        _memory = memory;
        _all = [.. Enumerable.Range(0, pool.Width).Select(_ => new Slot(this))];
        _free = [.. _all];
    }

    /// <summary>Begins work on a free place, if there is one: the one that has served the same population before, if there is such.</summary>
    /// <param name="work">Called on the place's thread; must not throw.</param>
    /// <returns>False where none is free, or memory is short.</returns>
    public bool TryBegin(RunPlan plan, Action<ICellPlace> work)
    {
        if (_memory?.IsReached() == true)
            return false;
        var population = PopulationOf(plan);
        lock (_gate)
        {
            if (_disposed || _free.Count == 0)
                return false;
            var slot = _free.FirstOrDefault(one => one.Population == population) ?? _free.FirstOrDefault(one => one.Population is null) ?? _free[0];
            _free.Remove(slot);
            slot.Population = population;
            slot.Begin(work);
            return true;
        }
    }

    public void Dispose()
    {
        lock (_gate)
            _disposed = true;
        foreach (var slot in _all)
            slot.Dispose();
        _pool.Dispose();
    }

    private static string PopulationOf(RunPlan plan) =>
        string.Join('\n', [plan.Environment, plan.DataFolder ?? $"seed {plan.Seed}", .. plan.EnvironmentOptions.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}={one.Value}")]);

    private void Free(Slot slot)
    {
        lock (_gate)
            _free.Add(slot);
    }

    private sealed class Slot : IDisposable
    {
        private readonly BlockingCollection<Action<ICellPlace>> _work = new(1);
        private readonly CellSlots _slots;

        public Slot(CellSlots slots)
        {
            _slots = slots;
            new Thread(Serve) { IsBackground = true, Name = "run" }.Start();
        }

        /// <summary>What the place has served last; none where it holds nothing.</summary>
        public string? Population { get; set; }

        public void Begin(Action<ICellPlace> work) => _work.Add(work);

        /// <summary>Lets the thread end after what it is at.</summary>
        public void Dispose() => _work.CompleteAdding();

        private void Serve()
        {
            ICellPlace? place = null;
            while (!_work.IsCompleted)
            {
                if (_work.TryTake(out var work, place is null ? Timeout.InfiniteTimeSpan : s_keeping))
                {
                    work(place ??= _slots._pool.Open());
                    _slots.Free(this);
                }
                else
                {
                    place?.Dispose();
                    place = null;
                }
            }
            place?.Dispose();
            _work.Dispose();
        }
    }
}
