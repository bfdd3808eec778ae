using System.Globalization;
using RecDeepRL.Core;

namespace RecDeepRL.Measuring;

/// <summary>What measurements and trials are given on the command line, by place.</summary>
internal static class Arguments
{
    /// <summary>A whole number.</summary>
    /// <param name="name">What is counted, for messages.</param>
    /// <param name="least">The lowest that there may be.</param>
    /// <exception cref="UserMistakeException">It is another one, or none.</exception>
    public static int Number(string[] arguments, int place, string name, int otherwise, int least = 1)
    {
        if (arguments.Length <= place)
            return otherwise;
        return int.TryParse(arguments[place], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw new UserMistakeException($"{name} was '{arguments[place]}', must be a whole number from {least} to {int.MaxValue}.");
    }

    /// <summary>The one of some things that is named.</summary>
    /// <exception cref="UserMistakeException">None is called so.</exception>
    public static T Named<T>(IEnumerable<T> all, Func<T, string> nameOf, string wanted) =>
        all.FirstOrDefault(one => nameOf(one) == wanted) ?? throw new UserMistakeException($"There is no '{wanted}'. Choose from {string.Join(", ", all.Select(nameOf))}.");
}
