using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Evaluation;

/// <summary>What came of one session with every user, as means over users.</summary>
/// <param name="Responses">Sum of responses in a session, as drawn.</param>
/// <param name="Expected">Sum over the rounds of a session of the responses expected from the user as the user was then.</param>
/// <param name="Rounds">Rounds of a session.</param>
internal sealed record SessionPlay(double Responses, double Expected, double Rounds)
{
    /// <summary>Plays one session with every user, from the beginning to its end.</summary>
    /// <param name="policy">Slates [B, K] for the sessions' users of a round; asked about parts of them.</param>
    public static SessionPlay Run(IEnvironment environment, long seed, Func<IEnvironment, Observation, Tensor> policy)
    {
        var spec = environment.Spec;
        using var outer = NewDisposeScope();
        using var sessions = environment.BeginSessions(seed);
        var truth = (ITruth)sessions;
        var sums = zeros([2], ScalarType.Float64, spec.Device);
        var slatesShown = 0L;
        for (var round = 0; ; round++)
        {
            using var scope = NewDisposeScope();
            using var users = sessions.Observe();
            if (users.UserCount == 0)
                break;
            if (round >= spec.SessionLimit)
                throw new InvalidOperationException($"The environment '{spec.Name}' promises sessions of at most {spec.SessionLimit} rounds, but {users.UserCount} go on.");
            var parts = new List<Tensor>();
            foreach (var (start, count) in UserParts.Of(users.UserCount, spec.ItemCount))
                parts.Add(policy(sessions, users.Slice(start, count)));
            var slates = parts.Count == 1 ? parts[0] : cat(parts, dim: 0);
            // Before the step: the expectation is of the users as they are when they see the slate.
            var expected = truth.ExpectedResponses(users.UserIds, slates, users.Iteration).sum(ScalarType.Float64);
            using var feedback = sessions.Step(slates);
            sums.add_(stack([feedback.Responses.sum(ScalarType.Float64), expected]));
            slatesShown += users.UserCount;
        }
        var totals = sums.cpu().data<double>().ToArray();
        return new SessionPlay(totals[0] / spec.Users.Count, totals[1] / spec.Users.Count, (double)slatesShown / spec.Users.Count);
    }
}
