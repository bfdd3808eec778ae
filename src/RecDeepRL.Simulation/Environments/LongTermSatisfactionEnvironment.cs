using System.ComponentModel.DataAnnotations;
using System.Runtime.InteropServices;
using RecDeepRL.Core;
using RecDeepRL.Data.Synthetic;
using RecDeepRL.Simulation.Choices;
using RecDeepRL.Simulation.Dynamics;
using RecDeepRL.Simulation.Responses;
using static TorchSharp.torch;

namespace RecDeepRL.Simulation.Environments;

/// <summary>Options of the environment <c>satisfaction</c>.</summary>
public sealed record LongTermSatisfactionOptions : BatchOptions
{
    /// <summary>Users in the population, 1 to 10000000. Default 1000.</summary>
    [Range(1, 10_000_000)]
    public int Users { get; init; } = 1000;

    /// <summary>Items in the population, 1 to 1000000. Default 50.</summary>
    [Range(1, 1_000_000)]
    public int Items { get; init; } = 50;

    /// <summary>K, distinct items shown to a user in each round, at least 1 and at most the number of items. Default 1.</summary>
    [Range(1, int.MaxValue)]
    public int SlateSize { get; init; } = 1;

    /// <summary>Rounds of a run unless the command asks for another number, at least 1. Default 600.</summary>
    [Range(1, int.MaxValue)]
    public int Iterations { get; init; } = 600;

    /// <summary>Rounds of a session, at least 1; only rounds count in which the user takes part. Default 60.</summary>
    [Range(1, int.MaxValue)]
    public int SessionLimit { get; init; } = 60;

    /// <summary>Rounds that a user stays away after a session, on average, at least 1, before the same person comes back; none for a fresh visitor at once. Default none.</summary>
    [Range(1.0, double.MaxValue)]
    public double? ReturnAfter { get; init; }

    /// <summary>Share of the exposure remembered from one round to the next, in [0, 1). Default 0.7.</summary>
    [Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Memory { get; init; } = .7;

    /// <summary>How steeply satisfaction follows the exposure, at least 0. RecSim has 0.01. Default 0.2.</summary>
    [Range(0.0, double.MaxValue)]
    public double Sensitivity { get; init; } = .2;

    /// <summary>Standard deviation of the chance part of the exposure in each round, at least 0. Default 0.05.</summary>
    [Range(0.0, double.MaxValue)]
    public double Innovation { get; init; } = .05;

    /// <summary>Logarithm of the engagement with an item that does nothing but lure, at full satisfaction, in [0, 100]. Default 5.</summary>
    [Range(0.0, 100.0)]
    public double ChocMean { get; init; } = 5;

    /// <summary>Logarithm of the engagement with an item that does not lure at all, at full satisfaction, in [0, 100]. Default 4.</summary>
    [Range(0.0, 100.0)]
    public double KaleMean { get; init; } = 4;

    /// <summary>Standard deviation of the logarithm of the engagement, in (0, 10]. Default 1.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double EngagementDeviation { get; init; } = 1;
}

/// <summary>The long-term satisfaction of RecSim: chocolate is eaten with more zest than kale, and makes everything taste less.</summary>
/// <remarks>An item of score c has the appeal c · chocMean + (1 − c) · kaleMean times the satisfaction of <see cref="Satisfaction"/>; <see cref="EngagementChoice"/>
/// draws the engagement. Both say where they deviate from RecSim; besides, a session that reaches its limit is truncated here, and ends for good there.</remarks>
internal static class LongTermSatisfactionEnvironment
{
    public static IEnvironment Create(EnvironmentContext context, LongTermSatisfactionOptions options)
    {
        BatchEnvironments.RequireSlateFits(options.SlateSize, options.Items);
        var seed = options.PopulationSeed ?? context.Seed;
        var scores = SyntheticClickbait.Generate(seed, options.Items);
        var population = Population(options.Users, scores, context.Device);
        var part = new PartContext(population, context.Device, seed, options.SlateSize, options.Iterations) { Users = BatchEnvironments.UsersOf(context, population) };
        var parts = new EnvironmentParts(
            new EngagementChoice(options.EngagementDeviation),
            [new Satisfaction(part, new SatisfactionOptions { Memory = options.Memory, Sensitivity = options.Sensitivity, Innovation = options.Innovation })],
            new SessionOptions(options.SessionLimit, options.ReturnAfter));
        var appeals = scores.Select(score => (score * options.ChocMean) + ((1 - score) * options.KaleMean)).ToArray();
        return BatchEnvironments.Create(
            "satisfaction", context, options, options.SlateSize, options.Iterations, population, new ItemPopularityModel(appeals, context.Device),
            MemoryMarshal.AsBytes<double>(appeals), parts);
    }

    /// <summary>Users without features; the score is the one feature of an item.</summary>
    private static Population Population(int userCount, double[] scores, Device device)
    {
        using var values = tensor(scores, [scores.Length, 1], ScalarType.Float32);
        return new Population(
            [.. Enumerable.Range(0, userCount).Select(user => (long)user)], [.. Enumerable.Range(0, scores.Length).Select(item => (long)item)], itemFeatures: values.to(device, copy: true))
        {
            ItemFeatureNames = ["clickbait"],
        };
    }
}
