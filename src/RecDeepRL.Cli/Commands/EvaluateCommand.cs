using System.CommandLine;
using RecDeepRL.Cli.Configuration;
using RecDeepRL.Cli.Display;
using RecDeepRL.Core;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Reporting;

namespace RecDeepRL.Cli.Commands;

/// <summary><c>evaluate CHECKPOINT</c>: how good a trained agent is, over several evaluation seeds.</summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var checkpoint = new Argument<string>("CHECKPOINT") { Description = "Run folder (its newest checkpoint counts) or checkpoint folder." };
        var seeds = new NumberOption<int>("--seeds", least: 1, most: CommonOptions.MostSeeds) { Description = "Evaluation rounds over all users, each with coins of its own. Default 10.", HelpName = "N", DefaultValueFactory = _ => 10 };
        var (data, device, threads, libtorch) = (CommonOptions.Data(), CommonOptions.Device("cpu"), CommonOptions.Threads(), CommonOptions.Libtorch());
        var command = new Command("evaluate", "Evaluate a checkpoint on the whole population.") { checkpoint, seeds, data, device, threads, libtorch, Answer.Option() };
        command.SetAction(parsed =>
        {
            CommonOptions.UseThreads(parsed.GetValue(threads));
            return Evaluate(parsed.GetValue(checkpoint)!, parsed.GetValue(seeds), RunInput.FullFolder(parsed.GetValue(data)), parsed.GetValue(device) ?? "cpu");
        });
        return command;
    }

    private static int Evaluate(string path, int seeds, string? data, string deviceName)
    {
        var checkpoint = CheckpointStore.Locate(path);
        var manifest = CheckpointStore.ReadManifest(checkpoint);
        var device = Devices.Choose(deviceName);
        using var pair = RunPair.Create(CommonOptions.Catalog, manifest.ToPlan() with { DataFolder = data ?? manifest.DataFolder }, device);
        CheckpointStore.Restore(checkpoint, manifest, pair);
        using var interruption = new Interruption();
        var bounds = Bounds.DependOnSeed(pair.Environment) ? null : Bounds.Of(pair.Environment, pair.Truth, pair.Environment.Iteration);
        var (exploit, explore) = (new List<EvaluationResult>(), new List<EvaluationResult>());
        for (var index = 0; index < seeds; index++)
        {
            if (interruption.Token.IsCancellationRequested)
                return ExitCode.Interrupted;
            var seed = Evaluator.SeedOf(manifest.Seed, index);
            exploit.Add(Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Exploit, seed, bounds));
            explore.Add(Evaluator.Evaluate(pair.Environment, pair.Truth, pair.Agent, RecommendationMode.Explore, seed, exploit[^1].Bounds));
        }
        var spec = pair.Environment.Spec;
        var heading =
            $"{manifest.Agent} in {spec.Name} ({pair.Plan.DataFolder ?? "built-in population"}) after {manifest.Iteration} iterations: {spec.UserCount} users, {seeds} evaluation seed{(seeds == 1 ? "" : "s")}, device {Devices.Describe(device)}"
            + (deviceName == "auto" ? " (chosen by auto)" : "");
        Answer.Give(
            new
            {
                checkpoint,
                agent = manifest.Agent,
                environment = spec.Name,
                data = pair.Plan.DataFolder,
                seed = manifest.Seed,
                iteration = manifest.Iteration,
                users = spec.UserCount,
                device = Devices.Describe(device),
                exploit,
                explore,
            },
            console =>
            {
                System.Console.WriteLine(heading);
                console.Write(EvaluationTable.Of(manifest.Agent, exploit, explore));
            });
        return ExitCode.Done;
    }
}
