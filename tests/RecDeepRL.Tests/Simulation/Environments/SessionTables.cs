using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Experiments.Statistics;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Environments;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Environments;

/// <summary>Prints the tables of docs/environments/sessions.md and satisfaction.md, when asked for by the environment variable RECDEEPRL_TABLES=1.</summary>
public sealed class SessionTables(ITestOutputHelper output)
{
    [SkippableFact]
    public void OfSessions()
    {
        Skip.If(Environment.GetEnvironmentVariable("RECDEEPRL_TABLES") != "1", "Takes a minute; set RECDEEPRL_TABLES=1 for it.");
        var rows = new Dictionary<string, List<double>>();
        for (var seed = 0; seed < 10; seed++)
        {
            using var scope = NewDisposeScope();
            using var environment = (SessionEnvironment)EnvironmentRegistry.Find("sessions").Create(new EnvironmentContext(seed, CPU, null), new SessionsOptions());
            Add("weight", environment.Weight);
            var earned = new Dictionary<string, double>();
            foreach (var (name, policy) in new (string, Func<SessionEnvironment, Observation, Tensor>)[]
            {
                ("random", (_, observation) => Random(observation, environment.Spec)),
                ("fixed", (_, observation) => BestFixed(environment).expand(observation.UserCount, 3).clone()),
                ("myopic", (sessions, observation) => sessions.ExpectedResponses(observation.UserIds, observation.Iteration).topk(3, dim: 1).indexes),
                ("planned", (sessions, observation) => sessions.Plan(observation)),
            })
            {
                var (reward, rounds) = Play(environment, seed, policy);
                earned[name] = reward.Sum();
                Add(name + " responses", reward.Sum());
                Add(name + " rounds", rounds);
            }
            Add("myopic / planned", earned["myopic"] / earned["planned"]);
        }
        Print();

        void Add(string name, double value)
        {
            if (!rows.TryGetValue(name, out var values))
                rows[name] = values = [];
            values.Add(value);
        }

        void Print()
        {
            foreach (var (name, values) in rows)
                output.WriteLine($"{name}: {Interval.Of(values)} from {values.Min():G4} to {values.Max():G4}");
        }
    }

    [SkippableFact]
    public void OfSatisfaction()
    {
        Skip.If(Environment.GetEnvironmentVariable("RECDEEPRL_TABLES") != "1", "Takes a minute; set RECDEEPRL_TABLES=1 for it.");
        foreach (var sensitivity in new[] { .01, .1, .2, .3 })
        {
            using var scope = NewDisposeScope();
            using var environment = (SessionEnvironment)EnvironmentRegistry.Find("satisfaction").Create(
                new EnvironmentContext(1, CPU, null), new LongTermSatisfactionOptions { Sensitivity = sensitivity });
            var scores = environment.Population.ItemFeatures![.., 0];
            foreach (var target in new[] { 0.0, .5, 1 })
            {
                var item = scores.sub(target).abs().argmin();
                var (reward, _) = Play(environment, 5, (_, observation) => item.expand(observation.UserCount, 1).clone());
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sensitivity {sensitivity}, score {scores[item].item<float>():F2}: round 1 {reward[0]:F3}, 5 {reward[4]:F3}, 60 {reward[59]:F3}, session {reward.Sum():F2}"));
            }
            var (planned, _) = Play(environment, 5, (sessions, observation) => sessions.Plan(observation));
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sensitivity {sensitivity}, planned with weight {environment.Weight}: session {planned.Sum():F2}"));
        }
    }

    /// <summary>Reward per user of the population by round, and rounds per session.</summary>
    private static (double[] Reward, double Rounds) Play(SessionEnvironment environment, long seed, Func<SessionEnvironment, Observation, Tensor> policy)
    {
        using var scope = NewDisposeScope();
        using var sessions = (SessionEnvironment)environment.BeginSessions(RandomStream.DeriveSeed(seed, "table"));
        var (rewards, played) = (new List<double>(), 0L);
        while (true)
        {
            using var round = NewDisposeScope();
            var observation = sessions.Observe();
            if (observation.UserCount == 0)
                return ([.. rewards], (double)played / environment.Spec.UserCount);
            played += observation.UserCount;
            rewards.Add(sessions.Step(policy(sessions, observation)).Reward.sum(ScalarType.Float64).item<double>() / environment.Spec.UserCount);
        }
    }

    private static Tensor BestFixed(SessionEnvironment environment)
    {
        using var scope = NewDisposeScope();
        using var fresh = (SessionEnvironment)environment.BeginSessions(0);
        return fresh.ExpectedResponses(arange(environment.Spec.UserCount, ScalarType.Int64), 0).mean([0L]).topk(environment.Spec.SlateSize).indexes.MoveToOuterDisposeScope();
    }

    private static Tensor Random(Observation observation, EnvironmentSpec spec)
    {
        using var scope = NewDisposeScope();
        var lanes = observation.UserIds.mul(spec.ItemCount).unsqueeze(1).add(arange(spec.ItemCount, ScalarType.Int64));
        return new RandomStream(1, "slates").Uniform(observation.DrawKey, lanes).topk(spec.SlateSize, dim: 1).indexes.MoveToOuterDisposeScope();
    }
}
