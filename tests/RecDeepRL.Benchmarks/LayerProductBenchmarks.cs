using BenchmarkDotNet.Attributes;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks;

/// <summary>Products of a wide layer by tiles, with the packing of its weights, against libtorch's, on one thread.</summary>
public class LayerProductBenchmarks
{
    private Tensor _rows = null!;
    private Tensor _slopes = null!;
    private Tensor _weights = null!;

    [Params(128, 256, 512)]
    public int Width { get; set; }

    [Params(256, 2560, 25_600)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        torch.set_num_threads(1);
        (_rows, _slopes, _weights) = (randn(Rows, Width), randn(Rows, Width), randn(Width, Width));
    }

    [Benchmark(Baseline = true)]
    public void LibtorchForward()
    {
        using var scope = NewDisposeScope();
        _rows.mm(_weights.t());
    }

    [Benchmark]
    public void TilesForward()
    {
        using var scope = NewDisposeScope();
        var (layer, rows, results) = (new PackedWeights(_weights, forward: true), new TensorMemory<float>(_rows), new TensorMemory<float>(empty(Rows, Width)));
        PackedWeights.ForEach(Rows, 1, Width, (row, count) => layer.Multiply(rows.Slice(row * Width, count * Width), results.Slice(row * Width, count * Width)));
    }

    [Benchmark]
    public void LibtorchSlopesOfWeights()
    {
        using var scope = NewDisposeScope();
        _slopes.t().mm(_rows);
    }

    [Benchmark]
    public void TilesSlopesOfWeights()
    {
        using var slopes = WeightSlopes.Of(_slopes, _rows);
    }
}
