using RecDeepRL.Core;
using RecDeepRL.Data.Logs;
using RecDeepRL.Experiments;

namespace RecDeepRL.Cli.Commands;

/// <summary>Runs and interaction logs: the program connects the two, since neither room knows the other.</summary>
internal static class RunLogs
{
    /// <summary>Takes a new pair through the log that its plan names, if it names one.</summary>
    /// <returns>Iterations of the log, 0 where there is none to start from; and what the user should know of it, with a comma in front, or nothing.</returns>
    /// <exception cref="UserMistakeException">The log is damaged, or of another population or slate size.</exception>
    public static (int Rounds, string Remark) StartWarm(this RunPair pair)
    {
        if (pair.Plan.WarmStart is not { } folder)
            return (0, "");
        var log = InteractionLog.Read(folder);
        var spec = pair.Environment.Spec;
        var rounds = pair.WarmStart(log.RoundsOf(pair.Environment.Population, spec.SlateSize));
        var other = log.Description.Runs.FirstOrDefault(run => run.PopulationFingerprint != spec.PopulationFingerprint);
        return (rounds, other is null ? "" : $", which tells of another population ('{other.Environment}', seed {other.Seed}): users and items of the same keys are taken for the same");
    }

    /// <summary>Begins or goes on with the log of a pair.</summary>
    /// <exception cref="UserMistakeException">The folder cannot be used.</exception>
    public static InteractionLogWriter OpenLog(this RunPair pair, string folder, bool append)
    {
        var (plan, spec) = (pair.Plan, pair.Environment.Spec);
        var run = new LoggedRun(
            0, plan.Agent, plan.AgentOptions, plan.Environment, plan.EnvironmentOptions, plan.DataFolder, spec.PopulationFingerprint, spec.SlateSize, plan.Seed);
        return InteractionLogWriter.Open(folder, append, run, pair.Environment.Population);
    }
}
