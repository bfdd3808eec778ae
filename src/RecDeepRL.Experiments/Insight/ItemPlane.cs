using static TorchSharp.torch;

namespace RecDeepRL.Experiments.Insight;

/// <summary>Item vectors in two dimensions: their first two principal components.</summary>
/// <param name="Items">Places in <see cref="RunInsight.Items"/>.</param>
/// <param name="X">Along the first component.</param>
/// <param name="Y">Along the second.</param>
/// <param name="Explained">Shares of the variance that the two hold.</param>
/// <param name="Dimensions">E, width of the vectors.</param>
/// <param name="Neighbourhoods">For each label of the items, whether neighbours share it.</param>
public sealed record ItemPlane(
    IReadOnlyList<int> Items, IReadOnlyList<double> X, IReadOnlyList<double> Y, IReadOnlyList<double> Explained, int Dimensions, IReadOnlyList<Neighbourhood> Neighbourhoods)
{
    /// <summary>Nearest items that count as neighbours, in the full space.</summary>
    public const int Neighbours = 10;

    /// <param name="embeddings">[T, E], rows in the order of the items. Not finite rows make none.</param>
    /// <returns>None with fewer than three items, or where the vectors do not differ.</returns>
    internal static ItemPlane? Of(Tensor embeddings, IReadOnlyList<InsightItem> items)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var rows = embeddings.detach().cpu().to_type(ScalarType.Float64);
        if (items.Count < 3 || !rows.isfinite().all().item<bool>())
            return null;
        var centred = rows - rows.mean([0L], keepdim: true);
        var (_, sizes, directions) = linalg.svd(centred, fullMatrices: false);
        var variance = sizes.square();
        var total = variance.sum().item<double>();
        if (total <= 0)
            return null;
        var count = Math.Min(2, sizes.size(0));
        var axes = directions.narrow(0, 0, count);
        // A component's sign means nothing: its largest entry is made positive, so that the same vectors give the same picture.
        var largest = axes.gather(1, axes.abs().argmax(1, keepdim: true));
        var places = centred.matmul((axes * largest.sign()).t());
        double[] explained = [.. variance.narrow(0, 0, count).div(total).data<double>().Select(share => Math.Round(share, 6))];
        return new ItemPlane(
            [.. Enumerable.Range(0, items.Count)], Column(0), count > 1 ? Column(1) : [.. items.Select(_ => 0.0)], explained, (int)rows.size(1), Neighbourhood.Of(rows, items));

        double[] Column(int column) => [.. places.select(1, column).contiguous().data<double>().Select(value => Math.Round(value, 6))];
    }
}

/// <summary>Whether items that are near one another in the full space share a label.</summary>
/// <param name="Label">Such as <c>genre</c>; years count by decade.</param>
/// <param name="Shared">Share of an item's <see cref="ItemPlane.Neighbours"/> nearest items that have its label, mean over items.</param>
/// <param name="ByChance">The same for neighbours drawn at random.</param>
/// <param name="Items">Items that have the label at all.</param>
public sealed record Neighbourhood(string Label, double Shared, double ByChance, int Items)
{
    /// <param name="rows">[T, E] float64.</param>
    internal static IReadOnlyList<Neighbourhood> Of(Tensor rows, IReadOnlyList<InsightItem> items)
    {
        var found = new List<Neighbourhood>();
        foreach (var label in items.SelectMany(item => item.Labels.Keys).Distinct())
        {
            using var scope = NewDisposeScope();
            int[] labelled = [.. Enumerable.Range(0, items.Count).Where(item => GroupOf(items[item], label) is not null)];
            string[] groups = [.. labelled.Select(item => GroupOf(items[item], label)!)];
            string[] different = [.. groups.Distinct()];
            var neighbours = Math.Min(ItemPlane.Neighbours, labelled.Length - 1);
            if (neighbours < 1 || different.Length < 2)
                continue;
            var own = rows.index_select(0, tensor(labelled.Select(item => (long)item).ToArray()));
            var distances = cdist(own, own);
            distances.diagonal().fill_(double.PositiveInfinity);
            var nearest = distances.topk(neighbours, 1, largest: false).indexes;
            var number = tensor(groups.Select(group => (long)Array.IndexOf(different, group)).ToArray());
            var shared = number.index_select(0, nearest.reshape(-1)).reshape(nearest.shape).eq(number.unsqueeze(1)).to_type(ScalarType.Float64).mean().item<double>();
            var pairs = groups.GroupBy(group => group).Sum(group => (double)group.Count() * (group.Count() - 1));
            found.Add(new Neighbourhood(label, Math.Round(shared, 6), Math.Round(pairs / ((double)labelled.Length * (labelled.Length - 1)), 6), labelled.Length));
        }
        return found;
    }

    /// <summary>What counts as the item's label: itself, or its decade where it is a year. None where the item has none.</summary>
    public static string? GroupOf(InsightItem item, string label)
    {
        if (!item.Labels.TryGetValue(label, out var text) || text.Length == 0)
            return null;
        return label == "year" && int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var year) ? $"{year / 10}0s" : text;
    }
}
