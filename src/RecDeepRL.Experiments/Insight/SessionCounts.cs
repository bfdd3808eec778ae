using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Insight;

/// <summary>Counts how long sessions lasted and why they ended, over the run and in the present window.</summary>
/// <param name="limit">Most rounds of a session.</param>
internal sealed class SessionCounts(int limit)
{
    private readonly long[] _lengths = new long[limit + 1];
    private readonly SortedDictionary<string, long> _reasons = new(StringComparer.Ordinal);

    /// <summary>Sessions that ended in the window.</summary>
    public long WindowEnded { get; private set; }

    /// <summary>Their rounds, summed.</summary>
    public long WindowRounds { get; private set; }

    public void Add(EndedSessions ended)
    {
        using var scope = NewDisposeScope();
        foreach (var rounds in ended.Rounds.cpu().data<long>())
        {
            _lengths[Math.Min(rounds, limit)]++;
            WindowEnded++;
            WindowRounds += rounds;
        }
        foreach (var (reason, count) in ended.Reasons)
            _reasons[reason] = _reasons.GetValueOrDefault(reason) + count;
    }

    public void BeginWindow() => (WindowEnded, WindowRounds) = (0, 0);

    public SessionInsight Read() => new([.. _lengths], new SortedDictionary<string, long>(_reasons, StringComparer.Ordinal));

    public void GoOnFrom(SessionInsight earlier, PendingInsight? pending)
    {
        for (var rounds = 0; rounds < earlier.Lengths.Count; rounds++)
            _lengths[Math.Min(rounds, limit)] += earlier.Lengths[rounds];
        foreach (var (reason, count) in earlier.Reasons)
            _reasons[reason] = count;
        (WindowEnded, WindowRounds) = (pending?.SessionsEnded ?? 0, pending?.SessionRounds ?? 0);
    }
}
