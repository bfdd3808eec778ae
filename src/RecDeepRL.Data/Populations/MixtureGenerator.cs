using RecDeepRL.Core;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Populations;

/// <summary>One segment of a mixture.</summary>
/// <param name="Name">What the segment column calls it.</param>
/// <param name="Weight">Above 0; weights are shares after division by their sum.</param>
public sealed record MixtureComponent(string Name, double Weight, IProfileGenerator Generator);

/// <summary>Several generators of the same columns, each for its share of the users, in random order.</summary>
/// <remarks>Of n users a component of share w gets ⌊n·w⌋ or one more, and n·w on average over seeds (systematic sampling, Madow 1949).
/// So a small sample is not the beginning of a large one, as it is with the other generators.</remarks>
/// <param name="Components">At least one.</param>
/// <param name="SegmentColumn">A text column that tells each user's component; none where null.</param>
public sealed record MixtureGenerator(MixtureComponent[] Components, string? SegmentColumn) : IProfileGenerator
{
    internal const string Kind = "mixture";

    public DataTable Sample(int count, long seed)
    {
        var draws = new RowDraws(seed, Kind);
        var counts = Counts(count, draws.Uniforms(0, 1)[0]);
        var parts = Components.Select((component, index) => (Component: component, Index: index)).Where(one => counts[one.Index] > 0)
            .Select(one => (one.Component.Name, Table: one.Component.Generator.Sample(counts[one.Index], Core.Randomness.RandomStream.DeriveSeed(seed, Kind, one.Index)))).ToList();
        RequireSameColumns(parts);
        var columns = Profiles.Stacked([.. parts.Select(part => part.Table)]).Columns.ToList();
        if (SegmentColumn is not null)
        {
            if (columns.Any(column => column.Name == SegmentColumn))
                throw new UserMistakeException($"The segment column '{SegmentColumn}' exists already. Give it another name.");
            columns.Add(new TextColumn(SegmentColumn, [.. parts.SelectMany(part => Enumerable.Repeat(part.Name, part.Table.RowCount))]));
        }
        return new DataTable(columns, "mixed profiles").Take(draws.Shuffled(1, count));
    }

    public void Check()
    {
        if (Components.Length == 0 || Components.Any(component => !(component.Weight > 0) || !double.IsFinite(component.Weight)))
            throw new InvalidDataException("there is no component, or one of a weight that is not above 0");
        foreach (var component in Components)
            component.Generator.Check();
    }

    /// <summary>Users of each component: how many of the points start, start + 1, start + 2, … fall into its part of [0, count).</summary>
    internal int[] Counts(int count, double start)
    {
        var counts = new int[Components.Length];
        var total = Components.Sum(component => component.Weight);
        var (weight, taken) = (0.0, 0);
        for (var index = 0; index < counts.Length; index++)
        {
            weight += Components[index].Weight;
            // Rounding must not lose the last user.
            var end = index == counts.Length - 1 ? count : Math.Min(count, (int)Math.Floor((count * weight / total) + start));
            counts[index] = end - taken;
            taken = end;
        }
        return counts;
    }

    private static void RequireSameColumns(List<(string Name, DataTable Table)> parts)
    {
        if (parts.FirstOrDefault(part => !Described(part.Table).SetEquals(Described(parts[0].Table))) is { Table: not null } odd)
        {
            throw new UserMistakeException(
                $"The components '{parts[0].Name}' and '{odd.Name}' have different columns ({string.Join(", ", Described(parts[0].Table))}; {string.Join(", ", Described(odd.Table))}). The components of a mixture must agree.");
        }
    }

    private static HashSet<string> Described(DataTable table) => [.. table.Columns.Select(column =>
        column.Name + (column is IntegerColumn ? " (whole numbers)" : column is NumberColumn ? " (numbers)" : " (texts)"))];
}
