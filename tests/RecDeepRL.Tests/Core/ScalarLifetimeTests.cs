using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Core;

/// <summary>Numbers that take part in tensor operations live until the operation is done (src/build/KeepArguments.targets).</summary>
public sealed class ScalarLifetimeTests
{
    [Fact]
    public void TorchSharpIsCompiledWithoutOptimisation() =>
        Assert.True(typeof(torch).Assembly.GetCustomAttribute<DebuggableAttribute>()!.IsJITOptimizerDisabled);

    [Fact]
    public void ANumberIsAliveWhileItsOperationRuns()
    {
        // libtorch converts the whole numbers to real ones first, a good part of a millisecond, and only then asks for the number to multiply
        // them with. Collections and finalisers run all the while on another thread. Powers of two keep the sum exact: a number that died would show.
        using var done = new CancellationTokenSource();
        var collector = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        try
        {
            using var sum = zeros([1 << 20], ScalarType.Float32);
            using var one = ones([1 << 20], ScalarType.Int64);
            for (var round = 1; round <= 200; round++)
                Add(sum, one, round % 2 == 0 ? .5 : .25);
            Assert.Equal(75f, sum.min().item<float>());
            Assert.Equal(75f, sum.max().item<float>());
        }
        finally
        {
            done.Cancel();
            collector.Join();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Add(Tensor sum, Tensor one, double number) => sum.add_(one, alpha: number);
}
