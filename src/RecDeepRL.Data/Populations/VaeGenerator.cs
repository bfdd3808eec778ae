using System.ComponentModel.DataAnnotations;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Data.Files;
using static TorchSharp.torch;

namespace RecDeepRL.Data.Populations;

/// <summary>Options of <see cref="VaeGenerator"/>.</summary>
public sealed record VaeOptions
{
    /// <summary>Passes over the profiles, at least 1. Default 600.</summary>
    [Range(1, int.MaxValue)]
    public int Epochs { get; init; } = 600;

    /// <summary>Profiles in each step of the optimizer, at least 1. Default 256.</summary>
    [Range(1, int.MaxValue)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Width of the latent space, at least 1. Default 8.</summary>
    [Range(1, 4096)]
    public int LatentSize { get; init; } = 8;

    /// <summary>Units in each of the two hidden layers of encoder and decoder, at least 1. Default 128.</summary>
    [Range(1, 65536)]
    public int HiddenSize { get; init; } = 128;

    /// <summary>Adam's step size at the start; it falls to 0 along a cosine. Default 0.002.</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = .002;

    /// <summary>Parts of equal frequency that a column of numbers is cut into, at least 2. Default 32.</summary>
    [Range(2, 4096)]
    public int Bins { get; init; } = 32;

    /// <summary>Weight of the reconstruction against the divergence from the prior; 1 is the evidence lower bound. Default 1.</summary>
    [Range(0.0, 1000.0, MinimumIsExclusive = true)]
    public double ReconstructionWeight { get; init; } = 1;
}

/// <summary>A variational autoencoder for tables.</summary>
/// <remarks>TVAE of Xu et al. 2019, 'Modeling tabular data using conditional GAN', section 4.4. Deviates: a number is told by the bin of equal frequency
/// that it lies in, and comes back from the sample's quantiles there, where TVAE fits a mixture of normals to each column; categories and bins are drawn from
/// the decoder's probabilities, where TVAE takes the likeliest category; and the reconstruction is weighted 1, where its authors' program doubles it.
/// Only the decoder is kept. Relations of numbers within their bins are lost.</remarks>
/// <param name="Marginals">The features, in order.</param>
/// <param name="Bins">Bins of each column of numbers.</param>
/// <param name="Decoder">Layers; rectified but for the last, which gives a logit for each bin or category of each feature.</param>
public sealed record VaeGenerator(Marginal[] Marginals, int Bins, VaeLayer[] Decoder) : IProfileGenerator
{
    internal const string Kind = "vae";

    /// <summary>Rows that are decoded at a time; always as many, since rounding depends on the shape of a product.</summary>
    private const int BlockRows = 4096;

    /// <param name="progress">Told the loss from time to time.</param>
    public static VaeGenerator Fit(Profiles profiles, VaeOptions options, long seed, Action<string>? progress = null) =>
        VaeTraining.Run(profiles, options, seed, progress);

    public DataTable Sample(int count, long seed)
    {
        var draws = new RowDraws(seed, Kind);
        var uniforms = Marginals.Select((_, index) => draws.Uniforms(2 * index, count)).ToArray();
        var codes = Marginals.Select(_ => new int[count]).ToArray();
        Decode(new RandomStream(seed, "profiles:vae:latent"), count, (row, logits) =>
        {
            for (var (index, place) = (0, 0); index < Marginals.Length; index++)
            {
                var width = WidthOf(Marginals[index], Bins);
                codes[index][row] = Draw(logits.Slice(place, width), uniforms[index][row]);
                place += width;
            }
        });
        var columns = Marginals.Select((marginal, index) => marginal is CategoryMarginal category
            ? CategoryFeature.ColumnOf(category.Name, category.IsWhole, category.Labels, codes[index])
            : marginal.At([.. draws.Uniforms((2 * index) + 1, count).Select((within, row) => (codes[index][row] + within) / Bins)])).ToList();
        return new DataTable(columns, "vae profiles");
    }

    public void Check()
    {
        new IndependentGenerator(Marginals).Check();
        if (Decoder.Length == 0 || Decoder.Any(layer => layer.Inputs < 1 || layer.Outputs < 1 || layer.Weights.Length != layer.Inputs * layer.Outputs || layer.Biases.Length != layer.Outputs))
            throw new InvalidDataException("a layer of the decoder has no weights, or not as many as its size says");
        if (Enumerable.Range(1, Decoder.Length - 1).Any(layer => Decoder[layer].Inputs != Decoder[layer - 1].Outputs) || Decoder[^1].Outputs != Marginals.Sum(marginal => WidthOf(marginal, Bins)))
            throw new InvalidDataException("the layers of the decoder do not fit each other, or the columns");
    }

    internal static int WidthOf(Marginal marginal, int bins) => marginal is CategoryMarginal category ? category.Labels.Length : bins;

    /// <summary>Decodes latent draws, and hands out the logits row by row.</summary>
    private void Decode(RandomStream stream, int count, Action<int, ReadOnlySpan<float>> take)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var layers = Decoder.Select(layer => (Weight: tensor(layer.Weights, [layer.Outputs, layer.Inputs]), Bias: tensor(layer.Biases))).ToArray();
        var (inputs, width) = (Decoder[0].Inputs, Decoder[^1].Outputs);
        for (var first = 0; first < count; first += BlockRows)
        {
            using var block = NewDisposeScope();
            var values = stream.Normal(0, arange((long)first * inputs, ((long)first + BlockRows) * inputs, ScalarType.Int64).reshape(BlockRows, inputs));
            for (var layer = 0; layer < layers.Length; layer++)
                values = nn.functional.linear(layer == 0 ? values : values.relu(), layers[layer].Weight, layers[layer].Bias);
            var logits = values.data<float>().ToArray();
            for (var row = first; row < Math.Min(count, first + BlockRows); row++)
                take(row, logits.AsSpan((row - first) * width, width));
        }
    }

    /// <summary>A bin or category from logits.</summary>
    private static int Draw(ReadOnlySpan<float> logits, double uniform)
    {
        var largest = float.NegativeInfinity;
        foreach (var logit in logits)
            largest = Math.Max(largest, logit);
        var total = 0.0;
        foreach (var logit in logits)
            total += Math.Exp(logit - largest);
        var left = uniform * total;
        for (var code = 0; code < logits.Length - 1; code++)
        {
            left -= Math.Exp(logits[code] - largest);
            if (left < 0)
                return code;
        }
        return logits.Length - 1;
    }
}

/// <summary>A linear layer.</summary>
/// <param name="Weights">[outputs, inputs], by row.</param>
/// <param name="Biases">[outputs].</param>
public sealed record VaeLayer(int Inputs, int Outputs, float[] Weights, float[] Biases);
