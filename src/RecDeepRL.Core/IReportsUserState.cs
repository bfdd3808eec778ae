using static TorchSharp.torch;

namespace RecDeepRL.Core;

/// <summary>An environment whose users change: it tells people how they are, which agents are never told.</summary>
public interface IReportsUserState
{
    /// <summary>Means over all users who are there, by name, such as <c>satiation</c> or <c>patience</c>; empty where users stay as they are.
    /// Changes nothing. May wait for the device.</summary>
    IReadOnlyDictionary<string, double> UserFigures();

    /// <summary>The sessions that ended with the latest step, until the next one; none where there are no sessions or no step was made yet.</summary>
    EndedSessions? LatestEnded { get; }
}

/// <summary>Sessions that ended with one step. E of them.</summary>
/// <param name="Rounds">[E] int64, rounds of each. Borrowed until the next step.</param>
/// <param name="Reasons">How many ended for each reason: a part that made users leave (whoever had several reasons to leave counts for each), or <c>limit</c>. Only reasons that occurred.</param>
public sealed record EndedSessions(Tensor Rounds, IReadOnlyDictionary<string, long> Reasons);
