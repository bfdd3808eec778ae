using RecDeepRL.Core;
using RecDeepRL.Experiments.Evaluation;
using static TorchSharp.torch;

namespace RecDeepRL.Experiments.OffPolicy;

/// <summary>Estimates what an agent would have earned from the log of another: the agent learns from the log's first iterations, and its choices in the
/// rest are weighed against those of the log's agent.</summary>
/// <remarks>The value estimated is that of one slate, shown to the users of the log in the iterations of the log, as the log's agent had left them then. Nothing is
/// said about how the users would have changed had the agent served them all along.</remarks>
public sealed class OffPolicyEvaluation(OffPolicySettings settings)
{
    /// <param name="pair">The agent in question, and the log's environment, fresh: taken through the log here. Borrowed.</param>
    /// <param name="rounds">The log's rounds from the first on; asked for twice. Disposed here.</param>
    /// <param name="iterations">How many there are.</param>
    /// <param name="seed">Of folds, draws and resamples.</param>
    /// <exception cref="UserMistakeException">The log tells too little, or the environment is not one for this.</exception>
    public OffPolicyResult Evaluate(RunPair pair, Func<IEnumerable<PlayedRound>> rounds, long iterations, long seed)
    {
        Require(pair.Environment);
        var training = settings.TrainIterations(iterations);
        var rows = Rows(pair.Environment.Spec, rounds(), training);
        var rewards = new CrossFittedRewards(rows, settings.RewardModel, pair.Environment.Population, seed);
        var (sample, worth) = Replay(pair, rounds(), training, rows, rewards, seed);
        var threshold = settings.Switch ?? SwitchThreshold.Choose(sample);
        return new OffPolicyResult
        {
            Estimates = [.. OffPolicyEstimators.Names.Select(name => Estimate(name, OffPolicyEstimators.Terms(sample, name, threshold)))],
            Logged = Estimate("logged", OffPolicyEstimators.Terms(sample with { Weights = [.. sample.Weights.Select(_ => 1.0)] }, "ips", threshold)),
            Weights = WeightSummary.Of(sample),
            Switch = threshold,
            TrainIterations = training,
            EvaluatedIterations = iterations - training,
            Slates = sample.SlateCount,
            Users = sample.Users.Distinct().Count(),
            Truth = settings.MeasureTruth ? worth / sample.SlateCount : null,
        };

        OffPolicyEstimate Estimate(string name, IReadOnlyList<Ratio> terms) => settings.Resamples > 0
            ? ClusteredIntervals.Bootstrap(name, terms, sample.Users, settings.Resamples, seed)
            : ClusteredIntervals.Normal(name, terms, sample.Users);
    }

    private static void Require(IEnvironment environment)
    {
        var name = environment.Spec.Name;
        if (environment.Spec.HasEpisodes)
            throw new UserMistakeException($"In '{name}' users come in sessions, and an agent's own slates decide what becomes of a session: a log of another agent cannot tell by weighing single slates. Use an environment without sessions, or 'train' and 'evaluate' the agent.");
        if (environment is not IReplaysRounds)
            throw new UserMistakeException($"The environment '{name}' cannot be taken through a log: it has a state that logs do not tell. Use another environment.");
    }

    /// <summary>The rows of the part that is evaluated.</summary>
    private LoggedRows Rows(EnvironmentSpec spec, IEnumerable<PlayedRound> rounds, long training)
    {
        var rows = new LoggedRows(spec.SlateSize, spec.ItemCount);
        foreach (var (iteration, round) in rounds.Index())
        {
            using (round)
            {
                if (iteration >= training)
                    rows.Add(round, settings.Propensity, iteration);
            }
        }
        return rows;
    }

    /// <summary>Takes environment and agent through the log; collects what the estimators need, and the truth in all.</summary>
    private (OffPolicySample Sample, double Worth) Replay(
        RunPair pair, IEnumerable<PlayedRound> rounds, long training, LoggedRows rows, CrossFittedRewards rewards, long seed)
    {
        using var gradients = no_grad();
        var spec = pair.Environment.Spec;
        var policy = new TargetPolicy(pair.Agent, settings.Mode, spec, settings.Draws, seed);
        var sample = new OffPolicySample
        {
            SlateSize = spec.SlateSize,
            Users = rows.Users,
            Responses = [.. rows.Responses],
            Weights = new double[rows.Responses.Count],
            Fitted = new double[rows.Responses.Count],
            ModelValues = new double[rows.Responses.Count],
        };
        var (place, worth) = (0, 0.0);
        foreach (var (iteration, round) in rounds.Index())
        {
            using var scope = NewDisposeScope();
            using var given = round;
            if (iteration >= training && round.UserIds.size(0) > 0)
                worth += Weigh(pair, round, policy, rewards, rows, sample, ref place);
            using var feedback = ((IReplaysRounds)pair.Environment).Replay(given);
            if (iteration < training)
            {
                using var learning = enable_grad();
                pair.Learn(feedback);
            }
        }
        return (sample, worth);
    }

    /// <summary>Fills in the rows of one round, before the users are told of it.</summary>
    /// <param name="place">The round's first row; moved behind its last.</param>
    /// <returns>What the agent's slates are worth to its users in all, where that is asked for.</returns>
    private double Weigh(RunPair pair, PlayedRound round, TargetPolicy policy, CrossFittedRewards rewards, LoggedRows rows, OffPolicySample sample, ref int place)
    {
        var spec = pair.Environment.Spec;
        var worth = 0.0;
        using var everyone = pair.Environment.ObserveAll(pair.Environment.Iteration);
        using var observation = RowsOf(everyone, round.UserIds.to(spec.Device));
        RequireEligible(observation, round, pair.Environment.Iteration);
        foreach (var (start, count) in UserParts.Of(observation.UserCount, (long)spec.ItemCount * spec.SlateSize))
        {
            using var scope = NewDisposeScope();
            var part = observation.Slice(start, count);
            var shown = round.Slates.narrow(0, start, count).cpu().unsqueeze(2);
            var probabilities = policy.Probabilities(part);
            var expected = rewards.Predict(Array.ConvertAll(part.UserIds.cpu().data<long>().ToArray(), id => (int)id));
            var chances = probabilities.gather(2, shown).data<double>().ToArray();
            expected.gather(2, shown).data<double>().CopyTo(sample.Fitted, place);
            probabilities.mul(expected).sum(2).data<double>().CopyTo(sample.ModelValues, place);
            for (var row = 0; row < chances.Length; row++)
                sample.Weights[place + row] = chances[row] / rows.Propensities[place + row];
            place += chances.Length;
            if (settings.MeasureTruth)
                worth += policy.Worth(pair.Truth, part, probabilities);
        }
        return worth;
    }

    /// <summary>The users of a round, as they are before it.</summary>
    internal static Observation RowsOf(Observation everyone, Tensor userIds) => new()
    {
        UserIds = userIds.clone(),
        UserFeatures = everyone.UserFeatures?.index_select(0, userIds),
        RecentItems = everyone.RecentItems.index_select(0, userIds),
        RecentResponses = everyone.RecentResponses.index_select(0, userIds),
        EligibleItems = everyone.EligibleItems?.index_select(0, userIds),
        Iteration = everyone.Iteration,
        DrawKey = everyone.DrawKey,
    };

    private void RequireEligible(Observation observation, PlayedRound round, long iteration)
    {
        if (observation.EligibleItems is not { } eligible)
            return;
        if (settings.Propensity == PropensitySource.Estimated)
            throw new UserMistakeException("--propensity was estimated, but each user may be shown other items here, so that frequencies over users are no propensities. Use a log that tells them, as random's does.");
        if (!eligible.gather(1, round.Slates.to(eligible.device)).all().item<bool>())
            throw new UserMistakeException($"The log shows items in iteration {iteration} that this environment does not allow there. Give the seed and the options that the log was written with.");
    }
}
