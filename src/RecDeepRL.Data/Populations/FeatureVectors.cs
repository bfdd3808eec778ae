using MathNet.Numerics.Statistics;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace RecDeepRL.Data.Populations;

/// <summary>Profiles as vectors for ML.NET: numbers standardised, a column of 0 and 1 for each category.</summary>
internal static class FeatureVectors
{
    /// <summary>The rows of all parts, one part after the other, standardised over all.</summary>
    /// <param name="parts">Of the same features, with the same labels.</param>
    public static float[][] Of(params Profiles[] parts)
    {
        var columns = new List<float[]>();
        for (var index = 0; index < parts[0].Features.Count; index++)
        {
            var feature = parts[0].Features[index];
            if (feature is CategoryFeature category)
            {
                var codes = parts.SelectMany(part => ((CategoryFeature)part.Features[index]).CodesIn(category.Labels)).ToArray();
                columns.AddRange(Enumerable.Range(0, category.Labels.Length).Select(code => Array.ConvertAll(codes, own => own == code ? 1f : 0f)));
                continue;
            }
            var values = parts.SelectMany(part => ((ScaleFeature)part.Features[index]).Values).ToArray();
            var (mean, deviation) = values.MeanStandardDeviation();
            columns.Add(Array.ConvertAll(values, value => deviation > 0 ? (float)((value - mean) / deviation) : 0));
        }
        return [.. Enumerable.Range(0, columns[0].Length).Select(row => columns.Select(column => column[row]).ToArray())];
    }

    /// <summary>Vectors as the library reads them.</summary>
    public static IDataView View(MLContext library, IReadOnlyList<LabelledVector> rows)
    {
        var schema = SchemaDefinition.Create(typeof(LabelledVector));
        schema[nameof(LabelledVector.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Features.Length);
        return library.Data.LoadFromEnumerable(rows, schema);
    }
}

/// <summary>A row for the library, which asks for a class with properties.</summary>
internal sealed class LabelledVector
{
    public float[] Features { get; init; } = [];

    public bool Label { get; init; }
}
