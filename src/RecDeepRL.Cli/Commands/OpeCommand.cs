using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.OffPolicy;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>ope LOG</c>: what would an agent have earned, judged by the log of another?</summary>
internal static class OpeCommand
{
    public static Command Create()
    {
        var log = new Argument<string>("LOG") { Description = "Folder of an interaction log, as 'simulate --log' writes it." };
        var agent = new Option<string?>("--agent") { Description = "Agent in question; it learns from the first part of the log. 'list agents' shows all.", HelpName = "A" };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Run folder or checkpoint of the agent in question, in place of --agent; then the whole log is for evaluation.", HelpName = "DIR" };
        var trainShare = new NumberOption<double?>("--train-share", new RangeAttribute(0.0, 1.0) { MaximumIsExclusive = true }) { Description = "Share of the log's iterations that the agent learns from, in [0, 1); the estimates use the rest. Default 0.5, with --checkpoint 0.", HelpName = "S" };
        var mode = OneOf("--mode", "exploit", "Whether the agent earns or learns while in use: exploit or explore.", "exploit", "explore");
        var rewardModel = OneOf("--reward-model", "item-mean", "What the direct method believes: item-mean (by item and slot), or logistic (by item, slot and user features).", "item-mean", "logistic");
        var propensity = OneOf("--propensity", "logged", "Where the probabilities of the logged slates come from: logged, or estimated from frequencies within a round, right only for an agent that treats all its users alike.", "logged", "estimated");
        var threshold = new NumberOption<double?>("--switch", new RangeAttribute(0.0, double.MaxValue)) { Description = "Largest weight that switch-dr uses. Default: where a bound of its error is least.", HelpName = "W" };
        var draws = new NumberOption<int>("--draws", least: 1) { Description = "Slates drawn for each user where the agent does not know its probabilities. Default 100.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var resamples = new NumberOption<int>("--bootstrap", least: 0) { Description = "Intervals by so many resamples of the users; 0 for normal intervals. Default 0.", HelpName = "N", DefaultValueFactory = _ => 0 };
        var truth = new Option<bool>("--against-truth") { Description = "Also tell the truth, and each estimator's bias and error over fresh logs of the same agent." };
        var repeats = new NumberOption<int>("--repeats", least: 1) { Description = "Fresh logs for --against-truth. Default 20.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var output = new Option<string?>("--out") { Description = $"Folder for {OpeFiles.Json}, estimates.png/.svg and, with --against-truth, errors.png/.svg. Default: no files.", HelpName = "DIR" };
        var (data, device, config, set, threads, libtorch, force) =
            (CommonOptions.Data(), CommonOptions.Device("cpu"), CommonOptions.Config(), CommonOptions.Set(), CommonOptions.Threads(), CommonOptions.Libtorch(), OutputFile.Force());
        data.Description = "Folder with the data that the log was made of, where it has moved. Default: as the log says.";
        set.Description = "Set an option of the agent in question, as key=value; may be repeated. 'list NAME' shows the options.";
        var command = new Command("ope", "Estimate what an agent would have earned from the log of another (off-policy evaluation).")
        {
            log, agent, checkpoint, trainShare, mode, rewardModel, propensity, threshold, draws, resamples, truth, repeats, config, set, data, output, force, device, threads, libtorch, Answer.Option(),
        };
        command.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            if (parsed.GetValue(resamples) == 1)
                throw new UserMistakeException("--bootstrap was 1, must be 0 or at least 2.");
            var (agentName, checkpointFolder) = (parsed.GetValue(agent), parsed.GetValue(checkpoint));
            if (agentName is not null && checkpointFolder is not null)
                throw new UserMistakeException("--agent does not go with --checkpoint, which names its agent itself. Leave one of them out.");
            var settings = new OffPolicySettings
            {
                TrainShare = parsed.GetValue(trainShare) ?? (checkpointFolder is null ? .5 : 0),
                Mode = parsed.GetValue(mode) == "explore" ? RecommendationMode.Explore : RecommendationMode.Exploit,
                RewardModel = parsed.GetValue(rewardModel) == "logistic" ? RewardModelKind.Logistic : RewardModelKind.ItemMean,
                Propensity = parsed.GetValue(propensity) == "estimated" ? PropensitySource.Estimated : PropensitySource.Logged,
                Draws = parsed.GetValue(draws),
                Switch = parsed.GetValue(threshold),
                Resamples = parsed.GetValue(resamples),
                MeasureTruth = parsed.GetValue(truth),
            };
            var folder = parsed.GetValue(log)!;
            var files = OpeFiles.Checked(parsed.GetValue(output), parsed.GetValue(force));
            var read = InteractionLog.Read(folder);
            var logger = LoggerOf(folder, read, settings.MeasureTruth) with { Iterations = checked((int)read.IterationCount) };
            if (RunInput.FullFolder(parsed.GetValue(data)) is { } dataFolder)
                logger = logger with { DataFolder = dataFolder };
            var (target, state) = Target(agentName, checkpointFolder, parsed.GetValue(config) ?? [], parsed.GetValue(set) ?? [], logger);
            return new OffPolicySession(folder, read, logger, target, settings, Devices.Choose(parsed.GetValue(device) ?? "cpu"))
            {
                Checkpoint = state,
                Repeats = settings.MeasureTruth ? parsed.GetValue(repeats) : 0,
                Files = files,
            }.Run();
        });
        return command;
    }

    private static Option<string> OneOf(string name, string absent, string description, params string[] allowed)
    {
        var option = new Option<string>(name) { Description = $"{description} Default {absent}.", HelpName = string.Join('|', allowed), DefaultValueFactory = _ => absent };
        option.AcceptOnlyFromAmong(allowed);
        return option;
    }

    /// <summary>The run that wrote the log. Runs that differ in nothing but their first iteration are one run that was stopped and went on.</summary>
    /// <exception cref="UserMistakeException">The log is empty, of several environments, or, where fresh logs are wanted, of several agents.</exception>
    private static RunPlan LoggerOf(string folder, InteractionLog log, bool writesFresh)
    {
        if (log.IterationCount == 0)
            throw new UserMistakeException($"The log '{folder}' holds no iteration. Write one with 'simulate AGENT --log DIR'.");
        var runs = log.Description.Runs.Where(run => run.FirstIteration < log.IterationCount).Select(run => new RunPlan
        {
            Agent = run.Agent,
            AgentOptions = run.AgentOptions,
            Environment = run.Environment,
            EnvironmentOptions = run.EnvironmentOptions,
            DataFolder = run.DataFolder,
            Seed = run.Seed,
        }.Resolve(CommonOptions.Catalog)).ToList();
        var first = runs[0];
        if (runs.Find(run => Differ(run, first, run => (run.Environment, run.DataFolder, run.Seed), run => run.EnvironmentOptions)) is { } other)
            throw new UserMistakeException($"The log '{folder}' was written in several environments ('{first.Environment}' with seed {first.Seed}, '{other.Environment}' with seed {other.Seed}); off-policy evaluation needs one. Log them apart.");
        if (writesFresh && runs.Find(run => Differ(run, first, run => (run.Agent, "", 0), run => run.AgentOptions)) is { } agent)
            throw new UserMistakeException($"The log '{folder}' was written by several agents ('{first.Agent}' and '{agent.Agent}', or with other options), so --against-truth cannot write fresh ones like it. Leave --against-truth out, or log them apart.");
        return first;
    }

    private static bool Differ(RunPlan one, RunPlan other, Func<RunPlan, (string, string?, long)> key, Func<RunPlan, IReadOnlyDictionary<string, string>> options) =>
        key(one) != key(other) || options(one).Except(options(other)).Any() || options(other).Except(options(one)).Any();

    /// <summary>The agent in question, in the log's environment.</summary>
    /// <exception cref="UserMistakeException">An unknown name, option or folder.</exception>
    private static (RunPlan Plan, (string Folder, CheckpointManifest Manifest)? Checkpoint) Target(
        string? agent, string? checkpoint, string[] configs, string[] settings, RunPlan logger)
    {
        var catalog = CommonOptions.Catalog;
        if (checkpoint is not null)
        {
            if (configs.Length + settings.Length > 0)
                throw new UserMistakeException("--config and --set do not go with --checkpoint, which has its options. Leave them out.");
            var located = CheckpointStore.Locate(checkpoint);
            var manifest = CheckpointStore.ReadManifest(located);
            return ((logger with { Agent = manifest.Agent, AgentOptions = manifest.AgentOptions }).Resolve(catalog), (located, manifest));
        }
        var files = configs.Select(ConfigFile.Read).ToList();
        var named = agent ?? files.Select(file => file.Agent).LastOrDefault(name => name is not null)
            ?? throw new UserMistakeException("No agent was named. Write 'ope LOG --agent A', such as 'ope logs/random --agent greedy'; 'list agents' shows all.");
        named = catalog.Agents.Find("agent", named).Name;
        var options = files.Where(file => file.Agent is null || file.Agent == named).SelectMany(file => file.AgentOptions);
        var plan = logger with { Agent = named, AgentOptions = options.GroupBy(one => one.Key).ToDictionary(one => one.Key, one => one.Last().Value) };
        var wanted = new Settings(settings);
        wanted.Check([plan], catalog);
        var resolved = wanted.ApplyTo(plan, catalog).Resolve(catalog);
        return !Differ(resolved, logger, _ => default, run => run.EnvironmentOptions) ? (resolved, null)
            : throw new UserMistakeException("--set changes the environment, which is the log's. Set options of the agent alone.");
    }
}
