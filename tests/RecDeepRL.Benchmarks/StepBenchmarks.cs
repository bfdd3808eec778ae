using BenchmarkDotNet.Attributes;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Simulation;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks;

/// <summary>One round of <c>personal</c> (6040 users × 1000 items, K = 10, everybody takes part) against the same responses in two other ways. An operation is one
/// response: the mean is nanoseconds for each, and Op/s responses per second.</summary>
[MemoryDiagnoser]
[OperationsPerSecond]
public class StepBenchmarks
{
    private const int Users = 6040;
    private const int Items = 1000;
    private const int Slots = 10;

    private IEnvironment _environment = null!;
    private Tensor _slates = null!;
    private Tensor _table = null!;
    private float[] _flatTable = null!;
    private long[] _flatSlates = null!;

    [GlobalSetup]
    public void Prepare()
    {
        torch.set_num_threads(Environment.ProcessorCount);
        var registration = EnvironmentRegistry.Find("personal");
        _environment = registration.Create(
            new EnvironmentContext(1, CPU, null), OptionsBinder.Bind(registration.OptionsType, [KeyValuePair.Create("sampling", "1")]));
        _environment.Reset(1);
        _slates = stack(Enumerable.Range(0, Users).Select(user => (arange(Slots, ScalarType.Int64) * 97 + user).remainder(Items)).ToArray());
        _table = ((ITruth)_environment).ExpectedResponses(arange(Users, ScalarType.Int64), 0);
        _flatTable = _table.data<float>().ToArray();
        _flatSlates = _slates.data<long>().ToArray();
    }

    /// <summary>The whole step: checks, coins, responses, histories, both observations.</summary>
    [Benchmark(OperationsPerInvoke = Users * Slots)]
    public void EnvironmentStep()
    {
        using var scope = NewDisposeScope();
        _environment.Step(_slates);
    }

    /// <summary>Only gather, draw and compare, with libtorch's own generator.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Users * Slots)]
    public void PlainTensorOperations()
    {
        using var scope = NewDisposeScope();
        var responses = rand(Users, Slots).lt(_table.gather(1, _slates)).to_type(ScalarType.Float32);
        _ = responses.sum(1);
    }

    /// <summary>Gather, draw and compare in a loop over users and slots.</summary>
    [Benchmark(OperationsPerInvoke = Users * Slots)]
    public double LoopOverUsers()
    {
        var random = new Random(1);
        var total = 0.0;
        for (var user = 0; user < Users; user++)
        {
            for (var slot = 0; slot < Slots; slot++)
                total += random.NextSingle() < _flatTable[(user * Items) + _flatSlates[(user * Slots) + slot]] ? 1 : 0;
        }
        return total;
    }
}
