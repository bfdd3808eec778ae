using System.Globalization;
using RecDeepRL.Experiments.Statistics;

namespace RecDeepRL.Experiments.Questions;

/// <summary>Sentences from numbers. What chance explains is said to be so: differences are paired by seed, tested by Student's t, and corrected by
/// Holm's method over all of a sentence.</summary>
internal static class Wording
{
    private const int MostNamed = 4;

    public static string Number(double value, int digits = 4) => value.ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>The mean, and the half width of its interval where there is one.</summary>
    public static string Spread(Interval interval, int digits = 4) =>
        double.IsNaN(interval.HalfWidth) ? Number(interval.Mean, digits) : $"{Number(interval.Mean, digits)} ± {Number(interval.HalfWidth, digits)}";

    /// <summary>a, b and c.</summary>
    public static string List(IReadOnlyList<string> names) => names.Count < 2 ? string.Concat(names) : $"{string.Join(", ", names.Take(names.Count - 1))} and {names[^1]}";

    /// <summary>Who is best, who is tied with the best, and who is behind.</summary>
    /// <param name="name">What to call a candidate; by default label and setting.</param>
    /// <returns>Empty without candidates.</returns>
    public static string Ranked(Measure measure, IReadOnlyList<Figure> figures, Func<Figure, string>? name = null)
    {
        name ??= figure => figure.Name;
        if (figures.Count == 0)
            return "";
        var (sign, extreme) = measure.HighestIsBest ? (1, "highest") : (-1, "lowest");
        var ordered = figures.OrderByDescending(figure => sign * figure.Interval.Mean).ToList();
        var best = ordered[0];
        if (ordered.Count == 1)
            return $"The {measure.What} of {name(best)} is {Spread(best.Interval, measure.Digits)}.";
        var others = ordered.Skip(1).Select(figure => (Figure: figure, Difference: best.Minus(figure))).ToList();
        var corrected = HolmCorrection.Adjust([.. others.Select(other => other.Difference?.PValue ?? double.NaN)]);
        var verdicts = others.Zip(corrected, (other, pValue) => (other.Figure, other.Difference, Verdict: Standing.VerdictOf(pValue))).ToList();
        var tied = verdicts.Where(other => other.Verdict == Verdict.Tied).Select(other => name(other.Figure)).ToList();
        var worse = verdicts.Where(other => other.Verdict == Verdict.Worse).ToList();
        var unknown = verdicts.Count - tied.Count - worse.Count;
        if (unknown == verdicts.Count)
            return $"The {extreme} {measure.What} is that of {name(best)}, {Number(best.Interval.Mean, measure.Digits)}; one seed cannot tell skill from chance.";
        if (tied.Count == verdicts.Count)
        {
            return verdicts.All(other => other.Difference!.Difference is { Mean: 0, HalfWidth: 0 })
                ? $"All {ordered.Count} have the same {measure.What}, {Number(best.Interval.Mean, measure.Digits)}."
                : $"In the {measure.What}, nobody is behind the best by more than chance explains: the {ordered.Count} go from {Number(best.Interval.Mean, measure.Digits)} ({name(best)}) to {Number(ordered[^1].Interval.Mean, measure.Digits)} ({name(ordered[^1])}).";
        }
        var text = $"The {extreme} {measure.What} is that of {name(best)}, {Spread(best.Interval, measure.Digits)}";
        text += tied.Count > 0 ? $"; tied with it {(tied.Count == 1 ? "is" : "are")} {List(tied)}." : ".";
        string Behind((Figure Figure, PairedDifference? Difference, Verdict Verdict) other) =>
            $"{name(other.Figure)} (by {Spread(other.Difference!.Difference with { Mean = Math.Abs(other.Difference.Difference.Mean) }, measure.Digits)})";
        if (worse.Count > 0)
        {
            text += worse.Count <= MostNamed
                ? $" Worse by more than chance explains {(worse.Count == 1 ? "is" : "are")} {List([.. worse.Select(Behind)])}."
                : $" Worse by more than chance explains are {worse.Count}, from {Behind(worse[0])} to {Behind(worse[^1])}.";
        }
        return unknown == 0 ? text : text + $" Of {unknown} there are too few seeds to tell.";
    }

    /// <summary>A sentence on pairs: which is higher and by how much, or that chance explains the difference; none without pairs that share a seed.</summary>
    public static IReadOnlyList<string> Compared(Measure measure, params IReadOnlyList<(Figure First, Figure Second)> pairs)
    {
        var known = pairs.Select(pair => (pair.First, pair.Second, Difference: pair.First.Minus(pair.Second))).Where(pair => pair.Difference is not null).ToList();
        var corrected = HolmCorrection.Adjust([.. known.Select(pair => pair.Difference!.PValue)]);
        return known.Count == 1
            ? [Sentence(measure, known[0].First.Name, known[0].Second.Name, known[0].Difference!.Difference, corrected[0])]
            : known.Count == 0 ? [] : [$"In the {measure.What}, {string.Join("; ", known.Zip(corrected, (pair, pValue) => Part(measure, pair.First, pair.Second, pair.Difference!.Difference, pValue)))}."];
    }

    /// <summary>Who is above a baseline, who below, and of whom chance explains the difference.</summary>
    public static string Against(Measure measure, Figure baseline, IReadOnlyList<Figure> figures)
    {
        var known = figures.Where(figure => figure.Name != baseline.Name).Select(figure => (Figure: figure, Difference: figure.Minus(baseline))).Where(one => one.Difference is not null)
            .OrderByDescending(one => one.Difference!.Difference.Mean).ToList();
        if (known.Count == 0)
            return "";
        var corrected = HolmCorrection.Adjust([.. known.Select(one => one.Difference!.PValue)]);
        if (corrected.All(double.IsNaN))
            return $"Against {baseline.Name} ({Number(baseline.Interval.Mean, measure.Digits)}), one seed cannot tell skill from chance.";
        var told = known.Zip(corrected, (one, pValue) => (one.Figure.Name, one.Difference!.Difference, IsTie: Standing.VerdictOf(pValue) != Verdict.Worse)).ToList();
        var above = told.Where(one => !one.IsTie && one.Difference.Mean > 0).Select(By).ToList();
        var same = told.Where(one => one.IsTie).Select(one => one.Name).ToList();
        var below = told.Where(one => !one.IsTie && one.Difference.Mean < 0).Select(By).ToList();
        var parts = new[] { ("higher", above), ("not to be told apart from it", same), ("lower", below) }.Where(part => part.Item2.Count > 0)
            .Select(part => $"{part.Item1} {(part.Item2.Count == 1 ? "is" : "are")} {List(part.Item2)}");
        return $"Against {baseline.Name} ({Spread(baseline.Interval, measure.Digits)}) in the {measure.What}: {string.Join("; ", parts)}.";

        string By((string Name, Interval Difference, bool IsTie) one) => $"{one.Name} (by {Spread(one.Difference with { Mean = Math.Abs(one.Difference.Mean) }, measure.Digits)})";
    }

    private static string Sentence(Measure measure, string first, string second, Interval difference, double pValue)
    {
        if (difference is { Mean: 0, HalfWidth: 0 })
            return $"The {measure.What} is the same for {first} and {second} under every seed.";
        var (size, higher) = (difference with { Mean = Math.Abs(difference.Mean) }, difference.Mean > 0 ? "higher" : "lower");
        return Standing.VerdictOf(pValue) switch
        {
            Verdict.Worse => $"The {measure.What} is {higher} by {Spread(size, measure.Digits)} for {first} than for {second}.",
            Verdict.Tied => $"The {measure.What} does not differ between {first} and {second} by more than chance explains ({higher} by {Spread(size, measure.Digits)}).",
            _ => $"The {measure.What} is {higher} by {Number(size.Mean, measure.Digits)} for {first} than for {second}, under one seed, which cannot tell skill from chance.",
        };
    }

    /// <summary>One of several pairs: what they share is said once.</summary>
    private static string Part(Measure measure, Figure one, Figure other, Interval difference, double pValue)
    {
        var (first, second) = (one.Name, one.Label == other.Label && other.Setting.Length > 0 ? other.Setting : other.Name);
        if (difference is { Mean: 0, HalfWidth: 0 })
            return $"{first} and {second} are the same under every seed";
        var (size, higher) = (difference with { Mean = Math.Abs(difference.Mean) }, difference.Mean > 0 ? "higher" : "lower");
        return Standing.VerdictOf(pValue) switch
        {
            Verdict.Worse => $"{first} is {higher} than {second} by {Spread(size, measure.Digits)}",
            Verdict.Tied => $"{first} and {second} do not differ by more than chance explains ({higher} by {Spread(size, measure.Digits)})",
            _ => $"{first} is {higher} than {second} by {Number(size.Mean, measure.Digits)} under one seed, which cannot tell skill from chance",
        };
    }
}
