using System.Diagnostics.Metrics;

namespace RecDeepRL.Cluster.Silos;

/// <summary>Counts the runs of a worker: those carried out by their end, those at work, and the seconds that each took.</summary>
internal sealed class RunMeter
{
    /// <summary>Name of the meter.</summary>
    public const string Name = "RecDeepRL";

    private readonly Counter<long> _runs;
    private readonly UpDownCounter<int> _atWork;
    private readonly Histogram<double> _seconds;

    /// <param name="meters">Owns the meter.</param>
    public RunMeter(IMeterFactory meters)
    {
        var meter = meters.Create(Name);
        _runs = meter.CreateCounter<long>("recdeeprl.runs", "{run}", "Runs carried out, by how they ended.");
        _atWork = meter.CreateUpDownCounter<int>("recdeeprl.runs.at_work", "{run}", "Runs at work.");
        _seconds = meter.CreateHistogram<double>("recdeeprl.run.duration", "s", "Time that a run took.");
    }

    public void Begun() => _atWork.Add(1);

    /// <param name="end">finished, called-off, mistake or failed.</param>
    public void Ended(string environment, string agent, string end, TimeSpan time)
    {
        _atWork.Add(-1);
        var tags = new System.Diagnostics.TagList { { "environment", environment }, { "agent", agent }, { "end", end } };
        _runs.Add(1, tags);
        _seconds.Record(time.TotalSeconds, tags);
    }
}
