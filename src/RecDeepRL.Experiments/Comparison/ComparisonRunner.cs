using System.Collections.Concurrent;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Insight;
using TorchSharp;

namespace RecDeepRL.Experiments.Comparison;

/// <summary>Runs a comparison: says which cells there are, has them carried out, several side by side, and takes in what comes of them.</summary>
/// <param name="catalog">What can be run.</param>
/// <param name="pool">Carries the cells out. Borrowed.</param>
public sealed class ComparisonRunner(Catalog catalog, ICellPool pool)
{
    /// <summary>Runs it in this process.</summary>
    /// <param name="device">Where every cell runs.</param>
    /// <param name="jobs">See <see cref="LocalCells"/>.</param>
    public ComparisonRunner(Catalog catalog, torch.Device device, int jobs)
        : this(catalog, new LocalCells(catalog, device, jobs)) { }

    /// <summary>Called after each cell, on any thread but never two at once. What it throws counts as the cell's failure, a mistake of the user's as the comparison's.</summary>
    public Action<RunPlan, ComparisonCell>? Finished { get; init; }

    /// <summary>See <see cref="CellOrder.Progressed"/>; on any thread, also two at once.</summary>
    public Action<RunPlan, long, long>? Progressed { get; init; }

    /// <summary>Cells that need not be run, since they have been before.</summary>
    public Func<RunPlan, bool>? IsFinished { get; init; }

    /// <summary>Called when a cell fails for another reason than a mistake of the user's; the others go on.</summary>
    public Action<RunPlan, Exception>? Failed { get; init; }

    /// <summary>Given, cells are looked into, and what was seen handed over at its end, before <see cref="Finished"/>; on any thread, also two at once.</summary>
    public Action<RunPlan, RunInsight>? LookedInto { get; init; }

    /// <summary>Which cells <see cref="LookedInto"/> is wanted of; none for all.</summary>
    public Func<RunPlan, bool>? LooksInto { get; init; }

    /// <summary>Rounds that a snapshot of the insight sums up; none for as many as make a hundred of a run, and more than a run has for one at its end.</summary>
    public int? InsightEvery { get; init; }

    /// <returns>A row for each cell that was run to its end, ordered as the plan's pairs, then by seed.</returns>
    /// <exception cref="UserMistakeException">A plan cannot be carried out; nothing more is started then.</exception>
    public IReadOnlyList<ComparisonRow> Run(ComparisonPlan plan, CancellationToken cancellation)
    {
        var tasks = new ConcurrentQueue<List<(int Place, RunPlan Plan)>>(Tasks(plan));
        var rows = new ConcurrentBag<(int Place, ComparisonRow Row)>();
        var gate = new Lock();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Exception? mistake = null;
        var workers = Enumerable.Range(0, Math.Clamp(pool.Width, 1, Math.Max(tasks.Count, 1))).Select(_ => new Thread(Work)).ToList();
        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        if (mistake is not null)
            throw new UserMistakeException(mistake.Message, mistake);
        return [.. rows.OrderBy(one => one.Place).ThenBy(one => one.Row.Seed).Select(one => one.Row)];

        void Work()
        {
            using var executor = pool.Open();
            while (!stop.IsCancellationRequested && tasks.TryDequeue(out var cells))
            {
                foreach (var (place, cell) in cells)
                {
                    if (stop.IsCancellationRequested)
                        return;
                    try
                    {
                        if (executor.Run(OrderOf(cell), stop.Token) is not { } finished)
                            return;
                        lock (gate)
                            Finished?.Invoke(cell, finished);
                        rows.Add((place, finished.Row));
                    }
                    catch (UserMistakeException fault)
                    {
                        mistake = fault;
                        stop.Cancel();
                    }
#pragma warning disable CA1031 // One failing cell is reported and must not lose the others.
                    catch (Exception fault)
#pragma warning restore CA1031
                    {
                        lock (gate)
                            Failed?.Invoke(cell, fault);
                    }
                }
            }
        }
    }

    /// <summary>The cells still to be run, in the order in which they are begun. Cells that share a population are one task: it is made or read once,
    /// and reset for each agent. Where that leaves workers without a task, tasks are divided, and the population is made for each part.</summary>
    private List<List<(int Place, RunPlan Plan)>> Tasks(ComparisonPlan plan)
    {
        var pairs = plan.Pairs.Select(pair => pair.Resolve(catalog)).ToList();
        var tasks = (from environment in pairs.Index().GroupBy(pair => (pair.Item.Environment, pair.Item.ChangedEnvironmentOptions(catalog)))
                     from seed in plan.Seeds
                     let cells = environment.Select(pair => (Place: pair.Index, Plan: pair.Item with { Seed = seed })).Where(cell => IsFinished?.Invoke(cell.Plan) != true).ToList()
                     where cells.Count > 0
                     select cells).ToList();
        return tasks.Count >= pool.Width || tasks.Count == 0
            ? tasks
            : [.. tasks.SelectMany(cells => cells.Chunk(Math.Max(1, cells.Count * tasks.Count / pool.Width)).Select(part => part.ToList()))];
    }

    private CellOrder OrderOf(RunPlan plan) => new(plan)
    {
        Progressed = Progressed is null ? null : (iteration, iterations) => Progressed(plan, iteration, iterations),
        LookedInto = LookedInto is null || LooksInto?.Invoke(plan) == false ? null : insight => LookedInto(plan, insight),
        InsightEvery = InsightEvery,
    };
}
