using System.Diagnostics;

namespace RecDeepRL.Experiments.Speed;

/// <summary>Times several ways of doing something in turns, one call each, so that what else goes on in the machine meets all of them alike; and of each way the fastest tenth counts,
/// which it meets least.</summary>
public static class Alternating
{
    private const int LeastTurns = 7;

    /// <summary>Time by the clock.</summary>
    public static Func<TimeSpan> Clock { get; } = () => Stopwatch.GetElapsedTime(0);

    /// <summary>Processor time of the program, of all its threads together.</summary>
    public static Func<TimeSpan> ProcessorTime { get; } = () => Environment.CpuUsage.TotalTime;

    /// <param name="seconds">How long all of them take together, unless <see cref="LeastTurns"/> turns take longer.</param>
    /// <param name="time">What is measured: <see cref="Clock"/> or <see cref="ProcessorTime"/>.</param>
    /// <returns>Seconds of one call of each: the first decile.</returns>
    public static double[] Seconds(double seconds, Func<TimeSpan> time, params ReadOnlySpan<Action> ways)
    {
        var timed = new Func<double>[ways.Length];
        for (var way = 0; way < ways.Length; way++)
        {
            var action = ways[way];
            timed[way] = () =>
            {
                var start = time();
                action();
                return (time() - start).TotalSeconds;
            };
        }
        return Seconds(seconds, timed);
    }

    /// <summary>The same of ways that time themselves, such as another process does.</summary>
    /// <param name="ways">Each returns the seconds it took.</param>
    public static double[] Seconds(double seconds, params ReadOnlySpan<Func<double>> ways)
    {
        var times = new List<double>[ways.Length];
        for (var way = 0; way < ways.Length; way++)
        {
            times[way] = [];
            for (var warm = 0; warm < 3; warm++)
                ways[way]();
        }
        var whole = Stopwatch.StartNew();
        while (whole.Elapsed.TotalSeconds < seconds || times[0].Count < LeastTurns)
        {
            for (var way = 0; way < ways.Length; way++)
                times[way].Add(ways[way]());
        }
        return [.. times.Select(FirstDecile)];
    }

    private static double FirstDecile(List<double> values)
    {
        values.Sort();
        return values[values.Count / 10];
    }
}
