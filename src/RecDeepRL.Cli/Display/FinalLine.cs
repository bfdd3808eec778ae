using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using Serilog;

namespace RecDeepRL.Cli.Display;

/// <summary>The line of the log that a finished run ends with: what the agent reached, and what it earned on the way.</summary>
internal static class FinalLine
{
    /// <param name="exploit">The evaluation after the last round.</param>
    /// <param name="hasEpisodes">Whether users come in sessions.</param>
    public static void Write(ILogger log, EvaluationResult exploit, TrainingTotals totals, bool hasEpisodes)
    {
        if (hasEpisodes)
        {
            log.Information(
                "final: {Mean:F4} responses/session in {Rounds:F1} rounds, expected {Expected:F4}; while training {Training:F4} responses/round, {Sessions} sessions ended; {Seconds:F1} s in the loop",
                exploit.MeanResponses, exploit.Rounds, exploit.MeanExpected, totals.MeanResponses, totals.Sessions, totals.Seconds);
        }
        else
        {
            log.Information(
                "final: {Mean:F4} responses/user, expected {Expected:F4}, regret {Regret:F4}; while training {Training:F4} responses/user, regret {Total:F0} in all; {Seconds:F1} s in the loop",
                exploit.MeanResponses, exploit.MeanExpected, exploit.Regret, totals.MeanResponses, totals.Regret, totals.Seconds);
        }
    }
}
