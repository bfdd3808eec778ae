using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;

namespace RecDeepRL.Simulation.Learning;

/// <summary>The pairs of a log in three parts, drawn for each user apart: from each user's pairs in random order, the first are for the test, the next for
/// the calibration, the rest, at least one, for the training.</summary>
/// <param name="Training">Positions in the log, ascending; so are the others.</param>
/// <param name="Calibration">Empty where no calibration is wanted.</param>
internal sealed record InteractionSplit(int[] Training, int[] Calibration, int[] Test)
{
    /// <param name="withCalibration">Whether some pairs are set aside for it.</param>
    /// <exception cref="UserMistakeException">One of the parts is empty, or holds positive pairs only or none.</exception>
    public static InteractionSplit Of(InteractionLog log, LearningOptions options, bool withCalibration, long seed)
    {
        var parts = new byte[log.Count];
        var stream = new RandomStream(seed, "response:split");
        var bits = Array.ConvertAll(log.Lanes, lane => stream.Bits(0, lane));
        var order = Enumerable.Range(0, log.Count).ToArray();
        for (var start = 0; start < log.Count;)
        {
            var end = start + 1;
            while (end < log.Count && log.Users[end] == log.Users[start])
                end++;
            var test = (int)((end - start) * options.TestShare);
            var calibration = withCalibration ? (int)((end - start) * options.CalibrationShare) : 0;
            // With both shares at one half nothing would be left to learn from.
            calibration = Math.Min(calibration, end - start - test - 1);
            Array.Sort(bits, order, start, end - start);
            for (var place = 0; place < test + calibration; place++)
                parts[order[start + place]] = place < test ? (byte)2 : (byte)1;
            start = end;
        }
        var split = new InteractionSplit(Of(0), Of(1), Of(2));
        Require("training", split.Training);
        Require("test", split.Test);
        if (withCalibration)
            Require("calibration", split.Calibration);
        return split;

        int[] Of(byte part) => [.. Enumerable.Range(0, parts.Length).Where(pair => parts[pair] == part)];

        void Require(string name, int[] part)
        {
            var positives = part.Count(pair => log.Positives[pair]);
            if (positives == 0 || positives == part.Length)
                throw new UserMistakeException($"Of the {log.Count} pairs of {log.UserKeys.Length} users {part.Length} are for the {name}, {positives} of them positive; positive and other pairs are needed. Use a larger log, or other shares than testShare={OptionText.Format(options.TestShare)} and calibrationShare={OptionText.Format(options.CalibrationShare)}.");
        }
    }
}
