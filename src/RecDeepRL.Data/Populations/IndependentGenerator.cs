using RecDeepRL.Data.Files;

namespace RecDeepRL.Data.Populations;

/// <summary>Options of <see cref="IndependentGenerator"/>: there are none.</summary>
public sealed record IndependentOptions;

/// <summary>Each feature drawn on its own, from its marginal distribution: what a generator that knows of no relation between features can do.</summary>
public sealed record IndependentGenerator(Marginal[] Marginals) : IProfileGenerator
{
    internal const string Kind = "independent";

    public static IndependentGenerator Fit(Profiles profiles) => new([.. profiles.Features.Select(Marginal.Of)]);

    public DataTable Sample(int count, long seed)
    {
        var draws = new RowDraws(seed, Kind);
        return new DataTable([.. Marginals.Select((marginal, column) => marginal.At(draws.Uniforms(column, count)))], "independent profiles");
    }

    public void Check()
    {
        if (Marginals.Length == 0)
            throw new InvalidDataException("there is no column");
        if (Marginals.DistinctBy(marginal => marginal.Name).Count() != Marginals.Length)
            throw new InvalidDataException("two columns have the same name");
        foreach (var marginal in Marginals)
            marginal.Check();
    }
}
