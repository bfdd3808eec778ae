using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Experiments.Training;
using TorchSharp;

namespace RecDeepRL.Experiments;

/// <summary>An environment and the agent that serves it, made from a plan.</summary>
public sealed class RunPair : IDisposable
{
    private readonly bool _ownsEnvironment;

    private RunPair(RunPlan plan, IEnvironment environment, IAgent agent, bool ownsEnvironment)
    {
        _ownsEnvironment = ownsEnvironment;
        Plan = plan;
        Environment = environment;
        Agent = agent;
        Iterations = plan.Iterations ?? environment.Spec.DefaultIterations;
    }

    /// <summary>The resolved plan.</summary>
    public RunPlan Plan { get; }

    public IEnvironment Environment { get; }

    public IAgent Agent { get; }

    /// <summary>The truth behind the environment, for bounds and regret.</summary>
    public ITruth Truth => (ITruth)Environment;

    /// <summary>The environment's round at which the run ends: the rounds of the whole run, and before them those it was warm-started from.</summary>
    public int Iterations { get; private set; }

    /// <exception cref="UserMistakeException">An unknown name, options out of range, or data that cannot be read.</exception>
    public static RunPair Create(Catalog catalog, RunPlan plan, torch.Device device)
    {
        var resolved = plan.Resolve(catalog);
        var environment = CreateEnvironment(catalog, resolved, device);
        try
        {
            return Start(catalog, resolved, environment, ownsEnvironment: true);
        }
        catch
        {
            environment.Dispose();
            throw;
        }
    }

    /// <summary>With an environment that goes on to serve other runs: it is reset to the plan's seed, and stays the caller's.</summary>
    /// <param name="environment">Made from the plan's environment, options and data.</param>
    /// <param name="group">The replicas that the agent learns along with; none for an agent that learns alone.</param>
    /// <param name="wrap">What is to stand in the agent's place, and owns it from then on; none for the agent itself.</param>
    public static RunPair Create(Catalog catalog, RunPlan plan, IEnvironment environment, ILearningGroup? group = null, Func<IAgent, IAgent>? wrap = null) =>
        Start(catalog, plan.Resolve(catalog), environment, ownsEnvironment: false, group, wrap);

    /// <summary>Takes environment and agent through rounds that have happened before, as a log tells them; the run's own rounds follow after them.
    /// Users then remember what the log shows them, tastes that drift have drifted, and no coin of the log's rounds is tossed again.</summary>
    /// <param name="rounds">In order, from the first. Disposed here.</param>
    /// <returns>How many rounds there were.</returns>
    /// <exception cref="UserMistakeException">The environment cannot be taken through given rounds.</exception>
    public int WarmStart(IEnumerable<PlayedRound> rounds)
    {
        if (Environment is not IReplaysRounds past)
            throw new UserMistakeException($"The environment '{Environment.Spec.Name}' cannot start from a log: it has a state that logs do not tell. Leave --warm-start out.");
        var count = 0;
        foreach (var round in rounds)
        {
            using var scope = torch.NewDisposeScope();
            using var given = round;
            using var feedback = past.Replay(given);
            Learn(feedback);
            count++;
        }
        // What the agent says of itself after the run's first round is about that round.
        Agent.Diagnose();
        Iterations = checked(Iterations + count);
        return count;
    }

    /// <summary>Tells the agent what it hears of at the end of a round.</summary>
    /// <param name="feedback">The round as it happened. Borrowed.</param>
    internal void Learn(Feedback feedback) => ForEachHeard(feedback, Agent.Learn);

    /// <summary>What agents hear of at the end of a round: the round, or, where feedback is late, what has arrived, oldest first; never nothing of nobody.</summary>
    /// <param name="feedback">The round as it happened. Borrowed.</param>
    /// <param name="hear">What it is given is borrowed.</param>
    public void ForEachHeard(Feedback feedback, Action<Feedback> hear)
    {
        if (Environment is not IDelayedFeedback delayed)
        {
            if (feedback.Observation.UserCount > 0)
                hear(feedback);
            return;
        }
        foreach (var arrival in delayed.TakeArrivals())
        {
            using (arrival)
                hear(arrival);
        }
    }

    public void Dispose()
    {
        Agent.Dispose();
        if (_ownsEnvironment)
            Environment.Dispose();
    }

    private static RunPair Start(Catalog catalog, RunPlan plan, IEnvironment environment, bool ownsEnvironment, ILearningGroup? group = null, Func<IAgent, IAgent>? wrap = null)
    {
        environment.Reset(plan.Seed);
        RequireFinite(environment.Population.UserFeatures, "user features");
        RequireFinite(environment.Population.ItemFeatures, "item features");
        var agent = CreateAgent(catalog, plan, environment, group);
        return new RunPair(plan, environment, wrap?.Invoke(agent) ?? agent, ownsEnvironment);
    }

    private static void RequireFinite(torch.Tensor? features, string name)
    {
        try
        {
            if (features is not null)
                Guard.Finite(features, name);
        }
        catch (ArithmeticException fault)
        {
            throw new NotFiniteException(0, fault);
        }
    }

    /// <summary>The environment of a resolved plan, before its first reset.</summary>
    /// <param name="part">The users whose state it holds; none for all.</param>
    public static IEnvironment CreateEnvironment(Catalog catalog, RunPlan plan, torch.Device device, UserRange? part = null)
    {
        var registration = catalog.Environments.Find("environment", plan.Environment);
        if (plan.DataFolder is not null && !registration.ReadsData)
        {
            throw new UserMistakeException(
                $"A data folder was given, but '{registration.Name}' reads none. Leave --data out, or choose from {string.Join(", ", catalog.Environments.Where(one => one.ReadsData).Select(one => one.Name))}.");
        }
        var environment = registration.Create(
            new EnvironmentContext(plan.Seed, device, plan.DataFolder) { Part = part }, OptionsBinder.Bind(registration.OptionsType, plan.EnvironmentOptions));
        if (environment is not ITruth)
        {
            environment.Dispose();
            throw new InvalidOperationException($"Environment '{plan.Environment}' does not tell its truth (ITruth), which bounds and regret need.");
        }
        return environment;
    }

    private static IAgent CreateAgent(Catalog catalog, RunPlan plan, IEnvironment environment, ILearningGroup? group)
    {
        var registration = catalog.Agents.Find("agent", plan.Agent);
        var context = new AgentContext(environment.Spec, environment.Population, RandomStream.DeriveSeed(plan.Seed, "agent")) { Group = group };
        var agent = registration.Create(context, OptionsBinder.Bind(registration.OptionsType, plan.AgentOptions));
        if (agent is INeedsTruth bound)
            bound.Reveal((ITruth)environment);
        return agent;
    }
}
