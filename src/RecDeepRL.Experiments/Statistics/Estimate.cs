namespace RecDeepRL.Experiments.Statistics;

/// <summary>A figure with its 95 % interval by the bootstrap, which need not lie even around it.</summary>
/// <param name="Value">From all runs.</param>
/// <param name="Low">Lower end; not a number where there are too few runs to tell.</param>
/// <param name="High">Upper end.</param>
public sealed record Estimate(double Value, double Low, double High);
