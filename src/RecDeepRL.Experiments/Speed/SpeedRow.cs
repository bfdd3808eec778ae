namespace RecDeepRL.Experiments.Speed;

/// <summary>One figure of how fast this machine is.</summary>
/// <param name="Name">What is done: an environment's step, or an agent's learning.</param>
/// <param name="Users">Users in a round.</param>
/// <param name="SlateSize">K.</param>
/// <param name="Unit">What is counted: responses or updates.</param>
/// <param name="PerSecond">How many there are in a second.</param>
/// <param name="PlainPerSecond">The same of <see cref="PlainRound"/>, measured in turns with it; none where nothing corresponds.</param>
public sealed record SpeedRow(string Name, long Users, int SlateSize, string Unit, double PerSecond, double? PlainPerSecond)
{
    /// <summary>How often as fast as the plain operations; none without them.</summary>
    public double? Ratio => PerSecond / PlainPerSecond;
}
