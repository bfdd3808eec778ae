namespace RecDeepRL.Agents.Bandits;

/// <summary>How exploration fades from round to round.</summary>
public enum Decay
{
    /// <summary>Not at all.</summary>
    Constant,

    /// <summary>Like 1/t: after t rounds to 1/(1 + rate·t) of its start.</summary>
    Reciprocal,

    /// <summary>Exponentially: after t rounds to exp(−rate·t) of its start.</summary>
    Exponential,
}

/// <summary>The course of a decay.</summary>
internal static class Decays
{
    /// <param name="rounds">t, rounds learned from.</param>
    public static double At(this Decay decay, double start, double rate, long rounds) => decay switch
    {
        Decay.Reciprocal => start / (1 + (rate * rounds)),
        Decay.Exponential => start * Math.Exp(-rate * rounds),
        _ => start,
    };
}
