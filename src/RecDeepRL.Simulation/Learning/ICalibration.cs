namespace RecDeepRL.Simulation.Learning;

/// <summary>Turns scores of any scale into probabilities; never falling.</summary>
internal interface ICalibration
{
    double Probability(double score);
}

/// <summary>Scores that are meant as probabilities but may lie outside [0, 1].</summary>
internal sealed class ClippedScores : ICalibration
{
    public double Probability(double score) => Math.Clamp(score, 0, 1);
}
