using RecDeepRL.Agents;
using RecDeepRL.Core.Options;
using RecDeepRL.Tests.Core;
using static TorchSharp.torch;

namespace RecDeepRL.Tests.Contracts;

/// <summary>The number of threads is partly one of the whole process, so nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(ThreadCountTests), DisableParallelization = true)]
public sealed class ThreadCountCollection;

/// <summary>How many threads libtorch has changes the order of sums and nothing else: every agent shows the same slates, and what it has learned
/// is the same within the rounding of its type. Batches are large enough that libtorch does divide them.</summary>
/// <remarks>What differs depends on the processor. Measured with one and two threads over every agent: on one, all bit for bit the same but the weights of <c>ease</c> and the
/// variances of <c>pmf</c>, by less than 2e-16 of the largest entry, and in small batches <c>reinforce</c>, by 2.4e-7; on another, seven agents, by up to 2.3e-7 (<c>pmf</c>) of it.
/// That is float32's rounding (2⁻²³), also where a state is float64, since it is summed up from products in float32. The tolerance leaves it some eighty roundings.</remarks>
[Collection(nameof(ThreadCountTests))]
public sealed class ThreadCountTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Agents => [.. AgentRegistry.All.Select(one => one.Name)];

    [Theory]
    [MemberData(nameof(Agents))]
    public void OneThreadAndTwoShowTheSameSlatesAndLearnTheSame(string agent)
    {
        using var one = Played(agent, 1, out var shownByOne);
        using var two = Played(agent, 2, out var shownByTwo);
        Assert.Equal(shownByOne, shownByTwo);
        Assert.Equal(one.Counters, two.Counters);
        Assert.Equal(one.Tensors.Keys, two.Tensors.Keys);
        foreach (var (name, tensor) in one.Tensors)
            AssertClose(name, tensor, two.Tensors[name]);
    }

    private static MemoryCheckpoint Played(string agent, int threads, out List<long> shown)
    {
        var (slates, state) = (new List<long>(), (MemoryCheckpoint?)null);
        Threads.With(threads, () =>
        {
            Assert.Equal(threads, get_num_threads());
            // Few steps of learning: each is as large as ever, and libtorch's threads wait for each other at every one.
            var few = OptionDescription.Of(AgentRegistry.Find(agent).OptionsType).Where(option => option.Name is "updatesPerIteration" or "stepsPerTraining" or "members").ToDictionary(option => option.Name, _ => "4");
            using var world = new World(agent, "context", users: 3000, items: 40, agentSettings: few, largeAgent: true);
            slates = world.Play(3);
            state = MemoryCheckpoint.Of(world.Agent);
        });
        shown = slates;
        return state!;
    }

    /// <summary>Equal but for a share of the largest entry.</summary>
    private static void AssertClose(string name, Tensor expected, Tensor actual)
    {
        using var scope = NewDisposeScope();
        Assert.Equal(expected.shape, actual.shape);
        if (expected.SameAs(actual))
            return;
        Assert.True(expected.is_floating_point(), $"{name} differs");
        var largest = expected.abs().max().to_type(ScalarType.Float64).item<double>();
        var gap = expected.sub(actual).abs().max().to_type(ScalarType.Float64).item<double>();
        Assert.True(gap <= largest * Tolerance, $"{name} differs by {gap} of {largest}");
    }
}
