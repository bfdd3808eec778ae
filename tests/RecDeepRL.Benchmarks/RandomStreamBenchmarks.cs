using BenchmarkDotNet.Attributes;
using RecDeepRL.Core.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks;

/// <summary>A million draws of the counter-based streams against libtorch's generator, on one thread.</summary>
public class RandomStreamBenchmarks
{
    private const int Count = 1_000_000;
    private readonly RandomStream _stream = new(1, "benchmark");
    private Tensor _lanes = null!;

    [GlobalSetup]
    public void Prepare()
    {
        torch.set_num_threads(1);
        _lanes = arange(Count, ScalarType.Int64);
    }

    [Benchmark(Baseline = true)]
    public void LibtorchUniform()
    {
        using var values = rand(_lanes.shape);
    }

    [Benchmark]
    public void StreamUniform()
    {
        using var values = _stream.Uniform(1, _lanes);
    }

    [Benchmark]
    public void LibtorchNormal()
    {
        using var values = randn(_lanes.shape);
    }

    [Benchmark]
    public void StreamNormal()
    {
        using var values = _stream.Normal(1, _lanes);
    }
}
