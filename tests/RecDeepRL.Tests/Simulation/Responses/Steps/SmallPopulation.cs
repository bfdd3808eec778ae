using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Responses;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Simulation.Responses.Steps;

/// <summary>A few users and items with features that a test can be worked by hand with, and models of them.</summary>
internal sealed class SmallPopulation : IDisposable
{
    /// <param name="users">[U][D], none for users without features.</param>
    /// <param name="items">[N][D'], none for items without features.</param>
    public SmallPopulation(int userCount, int itemCount, float[][]? users = null, float[][]? items = null)
    {
        Population = new Population(
            [.. Enumerable.Range(0, userCount).Select(key => (long)key)], [.. Enumerable.Range(0, itemCount).Select(key => (long)key)], ToTensor(users), ToTensor(items))
        {
            UserFeatureNames = Names("u", users),
            ItemFeatureNames = Names("i", items),
        };
    }

    public Population Population { get; }

    public int Iterations { get; init; } = 20;

    public long Seed { get; init; } = 7;

    public PipelineModel Model(string json) => PipelineModel.Create("response", PartList.Parse(json), Context);

    public PartContext Context => new(Population, CPU, Seed, 1, Iterations);

    /// <summary>All probabilities at an iteration, users first; asserts on the way that asking for single items says the same.</summary>
    public float[] Probabilities(string json, long iteration = 0)
    {
        using var scope = NewDisposeScope();
        using var model = Model(json);
        var users = arange(Population.UserCount, ScalarType.Int64);
        var all = model.Probabilities(users, iteration);
        var reversed = arange(Population.ItemCount - 1, -1, -1, ScalarType.Int64).expand(Population.UserCount, Population.ItemCount);
        Assert.True(all.flip(1).SameAs(model.Probabilities(users, reversed, iteration)), "single items got other probabilities than all items");
        return all.data<float>().ToArray();
    }

    public void Dispose() => Population.Dispose();

    private static string[] Names(string prefix, float[][]? rows) => [.. Enumerable.Range(0, rows?[0].Length ?? 0).Select(feature => $"{prefix}{feature}")];

    private static Tensor? ToTensor(float[][]? rows) => rows is null ? null : tensor(rows.SelectMany(row => row).ToArray(), [rows.Length, rows[0].Length]);
}
