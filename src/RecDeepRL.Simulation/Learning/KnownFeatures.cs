using MathNet.Numerics.LinearAlgebra;
using RecDeepRL.Core;
using RecDeepRL.Data.Files;

namespace RecDeepRL.Simulation.Learning;

/// <summary>What a dataset knows about users or items, as numbers in [0, 1]: whole numbers and numbers scaled to it, categories as one 0/1 column for each.</summary>
/// <param name="Names">[D] such as <c>year</c>, <c>genre:Comedy</c> or <c>gender=F</c>.</param>
/// <param name="Columns">[D] of one value for each id. Columns that are the same for all are left out.</param>
internal sealed record KnownFeatures(string[] Names, double[][] Columns)
{
    /// <summary>A category with more values than this tells too little about each to be learned from.</summary>
    private const int MostCategories = 64;

    /// <summary>A component with less than this share of the first one's squared spread is rounding.</summary>
    private const double LeastSpread = 1e-10;

    /// <param name="table">May be none.</param>
    /// <param name="kind"><c>user</c> or <c>item</c>: the key column is <c>kind_idx</c>.</param>
    /// <param name="keys">Whom to tell about, by id.</param>
    /// <param name="categories">Columns of whole numbers that stand for categories.</param>
    /// <exception cref="UserMistakeException">No row for one of the keys.</exception>
    public static KnownFeatures Of(DataTable? table, string kind, long[] keys, IReadOnlyCollection<string> categories)
    {
        var (names, columns) = (new List<string>(), new List<double[]>());
        if (table is not null)
        {
            var rows = RowsOf(table, kind, keys);
            foreach (var column in table.Columns.Where(column => column.Name != kind + "_idx" && column.Name is not ("title" or "key")))
                Add(column.Take(rows), categories.Contains(column.Name));
        }
        return new KnownFeatures([.. names], [.. columns]);

        void Add(DataColumn column, bool isCategory)
        {
            if (column is TextColumn texts)
                AddCategories(texts.Name, texts.Values);
            else if (column is IntegerColumn integers && isCategory)
                AddCategories(integers.Name, integers.Values);
            else
                AddScaled(column.Name, column is IntegerColumn whole ? Array.ConvertAll(whole.Values, value => (double)value) : ((NumberColumn)column).Values);
        }

        void AddScaled(string name, double[] values)
        {
            var (least, most) = (values.Min(), values.Max());
            if (most <= least)
                return;
            names.Add(name);
            columns.Add(Array.ConvertAll(values, value => (value - least) / (most - least)));
        }

        void AddCategories<T>(string name, T[] values)
            where T : IEquatable<T>
        {
            T[] distinct = [.. values.Distinct().Order()];
            if (distinct.Length is < 2 or > MostCategories)
                return;
            foreach (var category in distinct)
            {
                names.Add($"{name}={category}");
                columns.Add(Array.ConvertAll(values, value => value.Equals(category) ? 1.0 : 0.0));
            }
        }
    }

    /// <summary>The first principal components: centred, uncorrelated, of falling spread. The largest weight of each is positive, so the outcome is one and the same everywhere.</summary>
    /// <param name="count">How many; those that there are not are 0.</param>
    /// <returns>[count] of one value for each id.</returns>
    public double[][] PrincipalComponents(int count, int rows)
    {
        if (Columns.Length == 0)
            return [.. Enumerable.Range(0, count).Select(_ => new double[rows])];
        var centred = Matrix<double>.Build.DenseOfColumnArrays(Columns.Select(column =>
        {
            var mean = column.Average();
            return Array.ConvertAll(column, value => value - mean);
        }));
        // The right singular vectors of the centred columns are the eigenvectors of their products: D × D, however many rows there are.
        var decomposition = centred.TransposeThisAndMultiply(centred).Evd(Symmetricity.Symmetric);
        var spread = decomposition.EigenValues.Real();
        return [.. Enumerable.Range(0, count).Select(component =>
        {
            var place = Columns.Length - 1 - component; // Eigenvalues rise.
            if (place < 0 || spread[place] <= LeastSpread * spread[Columns.Length - 1])
                return new double[rows];
            var axis = decomposition.EigenVectors.Column(place);
            return (centred * (axis[axis.AbsoluteMaximumIndex()] < 0 ? -axis : axis)).ToArray();
        })];
    }

    private static int[] RowsOf(DataTable table, string kind, long[] keys)
    {
        if (table.Find(kind + "_idx") is not IntegerColumn rowKeys)
            throw new UserMistakeException($"{table.Source} has no column '{kind}_idx' of whole numbers. Import the dataset again.");
        var rows = new Dictionary<long, int>(rowKeys.Values.Length);
        for (var row = 0; row < rowKeys.Values.Length; row++)
            rows.TryAdd(rowKeys.Values[row], row);
        return Array.ConvertAll(keys, key => rows.TryGetValue(key, out var row)
            ? row
            : throw new UserMistakeException($"{table.Source} has no row for {kind} {key}, whom the log tells about. Import the dataset again."));
    }
}
