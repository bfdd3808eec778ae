using RecDeepRL.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Evaluation;

/// <summary>Bounds of an environment with sessions: its reference policies play one session with every user, with the same luck as the agents.</summary>
internal static class SessionBounds
{
    /// <param name="itemSums">[N], what the one list for everybody is chosen by. Borrowed.</param>
    public static Bounds Of(IEnvironment environment, long seed, Tensor itemSums)
    {
        var spec = environment.Spec;
        using var list = itemSums.unsqueeze(0);
        return new Bounds(
            Random: Play((_, users) => ReferenceSlates.Random(users, spec.ItemCount, spec.SlateSize, seed)),
            BestFixed: Play((_, users) => ReferenceSlates.Best(list, users, spec.SlateSize)),
            Oracle: Play((sessions, users) => ((IPlanner)sessions).Plan(users)),
            Myopic: Play(Myopic));

        double Play(Func<IEnvironment, Observation, Tensor> policy) => SessionPlay.Run(environment, seed, policy).Expected;
    }

    private static Tensor Myopic(IEnvironment sessions, Observation users)
    {
        using var appeal = ((ITruth)sessions).ExpectedResponses(users.UserIds, users.Iteration);
        return ReferenceSlates.Best(appeal, users, sessions.Spec.SlateSize);
    }
}
