using RecDeepRL.Core;

namespace RecDeepRL.Data.Files;

/// <summary>Numbers of a file as float32, in which features and scores are held.</summary>
internal static class SinglePrecision
{
    /// <param name="column">Name of the column, for the message.</param>
    /// <exception cref="UserMistakeException">A number is finite as it stands in the file and infinite as float32.</exception>
    public static float Of(double value, string column, string path) => float.IsFinite((float)value) || !double.IsFinite(value)
        ? (float)value
        : throw new UserMistakeException($"Column '{column}' of {path} holds {value:R}, must be at most {float.MaxValue:R} in size. Give it in a larger unit, or leave the column out.");
}
