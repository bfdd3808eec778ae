using System.Globalization;
using System.Runtime.InteropServices;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Simulation;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks.Bandits;

/// <summary>T decisions on users of <c>context</c>, drawn with replacement: the user's features, the response to each item were it shown, and an item drawn at random
/// for whoever learns from that before it decides. A bandit is told of the response to the item that it chose, and of no other.</summary>
internal sealed class BanditStream : IDisposable
{
    private const long Seed = 1;
    private const int LeastLogged = 604;

    /// <param name="decisions">T.</param>
    /// <param name="dataFolder">Folder in the original's layout; none for the built-in population.</param>
    public BanditStream(int decisions, string? dataFolder)
    {
        using var scope = NewDisposeScope();
        var registration = EnvironmentRegistry.Find("context");
        using var environment = registration.Create(new EnvironmentContext(Seed, CPU, dataFolder), OptionsBinder.Bind(registration.OptionsType, []));
        Spec = environment.Spec;
        var lanes = arange(decisions, ScalarType.Int64);
        var users = new RandomStream(Seed, "bandits:users").Integers(0, lanes, Spec.UserCount);
        var probabilities = ((ITruth)environment).ExpectedResponses(users, 0);
        var coins = new RandomStream(Seed, "bandits:coins").Uniform(0, CPU, decisions, Spec.ItemCount);
        Features = environment.Population.UserFeatures!.index_select(0, users).DetachFromDisposeScope();
        Responses = coins.lt(probabilities).to_type(ScalarType.Float32).DetachFromDisposeScope();
        Logged = new RandomStream(Seed, "bandits:logged").Integers(0, lanes, Spec.ItemCount).unsqueeze(1).DetachFromDisposeScope();
        // Agents that look at one decision at a time have no use for a history.
        NoItems = full([decisions, 1], -1L, ScalarType.Int64).DetachFromDisposeScope();
        NoResponses = zeros([decisions, 1], ScalarType.Float32).DetachFromDisposeScope();
        Best = probabilities.max(1).values.mean().item<float>();
        Random = probabilities.mean().item<float>();
    }

    /// <summary>Of the environment; its population is what users are drawn from.</summary>
    public EnvironmentSpec Spec { get; }

    /// <summary>[T, D] float32.</summary>
    public Tensor Features { get; }

    /// <summary>[T, N] float32, 0 or 1.</summary>
    public Tensor Responses { get; }

    /// <summary>[T, 1] int64, items drawn uniformly.</summary>
    public Tensor Logged { get; }

    /// <summary>The expected response to the best item of each user, on average.</summary>
    public double Best { get; }

    /// <summary>The expected response to items drawn uniformly.</summary>
    public double Random { get; }

    private Tensor NoItems { get; }

    private Tensor NoResponses { get; }

    /// <summary>How many decisions are learned from as they were logged before the first is made: whole batches of at least 604 together, so that every item was tried by then.</summary>
    public static int LoggedFirst(int batch) => batch * ((LeastLogged + batch - 1) / batch);

    /// <summary>A batch of decisions as the users of one round. The caller disposes.</summary>
    public Observation Observe(long start, long batch) => new()
    {
        UserIds = arange(batch, ScalarType.Int64),
        UserFeatures = Features.narrow(0, start, batch),
        RecentItems = NoItems.narrow(0, start, batch),
        RecentResponses = NoResponses.narrow(0, start, batch),
        Iteration = start,
        DrawKey = start,
    };

    /// <summary>Writes the stream for other programs: <c>features</c> [T, D] float32, <c>responses</c> [T, N] bytes and <c>logged</c> [T] int64, little-endian and without a header;
    /// <c>single.vw</c> and <c>multiline.vw</c>, the features in Vowpal Wabbit's text format for <c>--cb_explore</c> and <c>--cb_explore_adf</c>, without labels.</summary>
    public void Write(string folder)
    {
        Write(folder, "features", Features);
        using (var bytes = Responses.to_type(ScalarType.Byte))
            Write(folder, "responses", bytes);
        Write(folder, "logged", Logged);
        var features = MemoryMarshal.Cast<byte, float>(Features.bytes);
        using var single = new StreamWriter(Path.Combine(folder, "single.vw"));
        using var multiline = new StreamWriter(Path.Combine(folder, "multiline.vw"));
        var actions = string.Concat(Enumerable.Range(0, Spec.ItemCount).Select(item => string.Create(CultureInfo.InvariantCulture, $"|a {item}\n")));
        for (var decision = 0; decision < Features.shape[0]; decision++)
        {
            var user = "|u";
            for (var feature = 0; feature < Spec.UserFeatureCount; feature++)
                user += string.Create(CultureInfo.InvariantCulture, $" {feature}:{features[(decision * Spec.UserFeatureCount) + feature]:R}");
            single.Write(user + "\n");
            multiline.Write("shared " + user + "\n" + actions);
        }
    }

    public void Dispose()
    {
        Features.Dispose();
        Responses.Dispose();
        Logged.Dispose();
        NoItems.Dispose();
        NoResponses.Dispose();
    }

    private static void Write(string folder, string name, Tensor tensor)
    {
        using var file = File.Create(Path.Combine(folder, name));
        file.Write(tensor.bytes);
    }
}
