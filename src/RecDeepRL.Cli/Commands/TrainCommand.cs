using System.CommandLine;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>train AGENT</c>: a new run, or one that goes on from its newest checkpoint.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var agent = new Argument<string?>("AGENT") { Description = "Agent to train; 'list agents' shows all.", Arity = ArgumentArity.ZeroOrOne };
        var environment = new Option<string?>("--env") { Description = $"Environment; 'list environments' shows all. Default {RunInput.DefaultEnvironment}.", HelpName = "E" };
        var seed = new NumberOption<long?>("--seed", least: long.MinValue) { Description = "Seed of population, coins and agent. Default 1.", HelpName = "N" };
        var iterations = new NumberOption<int?>("--iterations", least: 1) { Description = "Rounds of the whole run, after those of --warm-start. Default: the environment's own.", HelpName = "N" };
        var output = new Option<string?>("--out") { Description = "New folder for the run. Default: checkpoints/AGENT-ENV-seedN.", HelpName = "DIR" };
        var resume = new Option<string?>("--resume") { Description = "Go on with the run in this folder, from its newest checkpoint.", HelpName = "DIR" };
        var evaluateEvery = new NumberOption<int?>("--evaluate-every", least: 0) { Description = "Rounds between evaluations; 0 for the final one only. Default: a tenth of the run.", HelpName = "N" };
        var checkpointEvery = new NumberOption<int?>("--checkpoint-every", least: 0) { Description = "Rounds between checkpoints; 0 for the final one only. Default: a tenth of the run.", HelpName = "N" };
        var insightEvery = new NumberOption<int?>("--insight-every", least: 0)
        {
            Description = "Rounds that insight.json sums up at a time ('insight RUN' shows it); 0 for no insight. Default: a hundredth of the run, or as before with --resume.",
            HelpName = "N",
        };
        var (data, device, config, set, threads, libtorch) =
            (CommonOptions.Data(), CommonOptions.Device("auto"), CommonOptions.Config(), CommonOptions.Set(), CommonOptions.Threads(), CommonOptions.Libtorch());
        var warmStart = CommonOptions.WarmStart();
        var shards = new ShardOptions();
        var command = new Command("train", "Train an agent in a simulated population, write checkpoints, and say how good it is.")
        {
            agent, environment, data, device, seed, iterations, config, set, output, warmStart, resume, evaluateEvery, checkpointEvery, insightEvery, threads, libtorch, Answer.Option(),
        };
        foreach (var option in shards.All)
            command.Add(option);
        command.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            var request = shards.Read(parsed);
            using var session = parsed.GetValue(resume) is { } folder
                ? Resume(folder)
                : Start();
            session.EvaluateEvery = parsed.GetValue(evaluateEvery);
            session.CheckpointEvery = parsed.GetValue(checkpointEvery);
            return session.Run();

            TrainingSession Start()
            {
                var input = RunInput.From(
                    CommonOptions.Catalog, parsed.GetValue(agent), parsed.GetValue(environment), parsed.GetValue(config) ?? [], parsed.GetValue(set) ?? [],
                    parsed.GetValue(data), parsed.GetValue(seed), parsed.GetValue(iterations), parsed.GetValue(device), parsed.GetValue(warmStart));
                return TrainingSession.Start(input, parsed.GetValue(output), InsightEvery(request), request);
            }

            int? InsightEvery(ShardRequest? request)
            {
                var every = parsed.GetValue(insightEvery);
                return request is null ? every
                    : every is null or 0 ? 0
                    : throw new UserMistakeException("--insight-every does not go with --shards: what users do is not seen here. Leave it out; 'insight RUN' needs a run without shards.");
            }

            TrainingSession Resume(string folder)
            {
                foreach (var option in new Option[] { environment, seed, config, set, output, warmStart })
                {
                    if (parsed.GetResult(option) is { Implicit: false })
                        throw new UserMistakeException($"{option.Name} does not go with --resume: a run goes on as it was started. Only --iterations, --device and --data may change.");
                }
                return TrainingSession.Resume(folder, parsed.GetValue(agent), parsed.GetValue(iterations), parsed.GetValue(device), RunInput.FullFolder(parsed.GetValue(data)), InsightEvery(request), request);
            }
        });
        return command;
    }
}
