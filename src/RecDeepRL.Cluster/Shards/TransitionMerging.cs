using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments.Checkpoints;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Shards;

/// <summary>Merges what happened on shards as it was: the learner hears of the round as if it had been played in one place.</summary>
/// <remarks>The rows of the shards follow one another in the order of the users' ids. Features of users are not sent: the learner has them.</remarks>
internal static class TransitionMerging
{
    /// <param name="heard">Borrowed.</param>
    public static void Collect(Feedback heard, IStateWriter answer)
    {
        Write("seen.", heard.Observation);
        answer.Write("slates", heard.Slates);
        answer.Write("responses", heard.Responses);
        answer.Write("reward", heard.Reward);
        answer.Write("terminated", heard.Terminated);
        answer.Write("truncated", heard.Truncated);
        Write("next.", heard.NextObservation);

        void Write(string prefix, Observation observation)
        {
            answer.Write(prefix + "userIds", observation.UserIds);
            answer.Write(prefix + "recentItems", observation.RecentItems);
            answer.Write(prefix + "recentResponses", observation.RecentResponses);
            if (observation.EligibleItems is { } eligible)
                answer.Write(prefix + "eligibleItems", eligible);
            answer.Write(prefix + "iteration", observation.Iteration);
            answer.Write(prefix + "drawKey", observation.DrawKey);
        }
    }

    /// <summary>The round that the answers tell of, on the learner's device. The caller disposes.</summary>
    /// <param name="answers">Those of the shards with at least one user, in order.</param>
    /// <param name="prefix">Of the round in the answers.</param>
    /// <exception cref="UserMistakeException">Something is missing in an answer.</exception>
    public static Feedback Join(IReadOnlyList<SavedState> answers, string prefix, EnvironmentSpec spec, Population population)
    {
        return new Feedback
        {
            Observation = Observed("seen."),
            Slates = All("slates"),
            Responses = All("responses"),
            Reward = All("reward"),
            NextObservation = Observed("next."),
            Terminated = All("terminated"),
            Truncated = All("truncated"),
        };

        Tensor All(string name)
        {
            using var scope = NewDisposeScope();
            return cat([.. answers.Select(answer => answer.ReadTensor(prefix + name))]).to(spec.Device).MoveToOuterDisposeScope();
        }

        Observation Observed(string kind)
        {
            var users = All(kind + "userIds");
            return new Observation
            {
                UserIds = users,
                UserFeatures = population.UserFeatures?.index_select(0, users),
                RecentItems = All(kind + "recentItems"),
                RecentResponses = All(kind + "recentResponses"),
                EligibleItems = answers[0].Tensors.ContainsKey($"{prefix}{kind}eligibleItems") ? All(kind + "eligibleItems") : null,
                Iteration = answers[0].ReadInt64($"{prefix}{kind}iteration"),
                DrawKey = answers[0].ReadInt64($"{prefix}{kind}drawKey"),
            };
        }
    }
}
