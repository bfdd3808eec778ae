using System.Runtime.InteropServices;

namespace RecDeepRL.Experiments.Training;

/// <summary>A run met a number that is none, or a matrix that such numbers or rounding have made impossible to factor, and cannot go on. What it wrote before is whole.</summary>
/// <param name="iteration">Where it was noticed, counted from 1; 0 for before the first.</param>
/// <param name="fault">Names the tensor or figure.</param>
#pragma warning disable CA1032 // It always says where.
public sealed class NotFiniteException(long iteration, Exception fault)
#pragma warning restore CA1032
    : ArithmeticException($"Stopped {(iteration == 0 ? "before the first iteration" : $"in iteration {iteration}")}: {fault.Message.ReplaceLineEndings("\n").Split('\n')[0]}", fault)
{
    public long Iteration { get; } = iteration;

    /// <summary>Whether a fault is of this kind, and none of the program: divisions by zero and overflows of whole numbers are.</summary>
    internal static bool IsMeantBy(Exception fault) =>
        fault.GetType() == typeof(ArithmeticException) || (fault is ExternalException && fault.Message.StartsWith("linalg.", StringComparison.Ordinal));
}
