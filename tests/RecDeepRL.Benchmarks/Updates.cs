using System.Globalization;
using RecDeepRL.Agents.Neural;
using RecDeepRL.Core;
using RecDeepRL.Core.Options;
using RecDeepRL.Core.Randomness;
using RecDeepRL.Experiments.Speed;
using RecDeepRL.Measuring;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks;

/// <summary>Updates per second of <c>ddpg</c> and <c>td3</c>, as the agents do them, in turns with the same updates in PyTorch (pytorch_updates.py):
/// batches of 256 slates, two hidden layers of 256 units.</summary>
internal static class Updates
{
    private const int BatchSize = 256;
    private const int HiddenSize = 256;
    private const int UpdatesAtOnce = 10;
    private const int RoundsInReplay = 20;
    private const long Seed = 1;

    /// <summary>Figures of the same updates in two programs differ by rounding, which ten steps of Adam make larger; another computation differs by far more.</summary>
    private const double MostApart = 1e-3;

    private static readonly string[] s_figures = ["critic_loss", "grounding_loss", "mean_q", "mean_target"];

    /// <param name="arguments">Name of a workload ('all': personal-604 and context-604), then threads (1), then seconds for each row (20), then in any order the device (cpu), the ways of PyTorch to compare with
    /// (<see cref="PytorchUpdates.Modes"/>; eager on the CPU, elsewhere all), and 'parts' for where the time of an update goes.</param>
    public static int Run(string[] arguments)
    {
        var (wanted, threads, seconds) = (arguments.ElementAtOrDefault(0) ?? "all", Arguments.Number(arguments, 1, "threads", 1), Arguments.Number(arguments, 2, "seconds", 20));
        var words = arguments.Skip(3).ToArray();
        var inParts = words.Contains("parts");
        var others = string.Join(' ', words.Except(["parts"]).Except(PytorchUpdates.Modes));
        var device = Devices.Choose(others.Length > 0 ? others : "cpu");
        var modes = PytorchUpdates.Missing is not null || inParts ? []
            : words.Intersect(PytorchUpdates.Modes).ToArray() is { Length: > 0 } chosen ? chosen
            : device.type == DeviceType.CPU ? ["eager"] : PytorchUpdates.Modes.ToArray();
        torch.set_num_threads(threads);
        if (!inParts)
            Announce(threads, device, modes);
        foreach (var name in wanted == "all" ? ["personal-604", "context-604"] : new[] { wanted })
        {
            Measure(Arguments.Named(Workload.All, one => one.Name, name), "ddpg", Bound<DdpgOptions>(), (context, options) => new DdpgAgent(context, options), device, modes, seconds, inParts);
            Measure(Arguments.Named(Workload.All, one => one.Name, name), "td3", Bound<Td3Options>(), (context, options) => new Td3Agent(context, options), device, modes, seconds, inParts);
        }
        return 0;
    }

    private static void Announce(int threads, Device device, string[] modes)
    {
        var pytorch = PytorchUpdates.Missing is { } missing ? $"not measured: {missing}" : "in turns";
        var measure = DeviceWork.Time(device, threads) == Alternating.ProcessorTime ? "processor time" : "the clock";
        Console.WriteLine($"{Devices.Describe(device)}, {threads} threads; updates/s by {measure}, the fastest tenth of calls of {UpdatesAtOnce}; batches of {BatchSize}, two hidden layers of {HiddenSize}; PyTorch {pytorch}");
        Console.WriteLine("| workload | items | slots | state | point | agent | updates/s |" + string.Concat(modes.Select(mode => $" PyTorch {mode} | ratio | figures apart |")));
        Console.WriteLine("|---|---|---|---|---|---|---|" + string.Concat(modes.Select(_ => "---|---|---|")));
    }

    private static TOptions Bound<TOptions>() => (TOptions)OptionsBinder.Bind(typeof(TOptions), new Dictionary<string, string>
    {
        ["batchSize"] = $"{BatchSize}",
        ["hiddenSize"] = $"{HiddenSize}",
        ["updatesPerIteration"] = $"{UpdatesAtOnce}",
        ["slatesPerUpdate"] = "1",
        ["replayRounds"] = "none",
        ["warmup"] = $"{int.MaxValue}",
    });

    private static void Measure<TOptions>(Workload workload, string name, TOptions options, Func<AgentContext, TOptions, ActorCriticAgent> create, Device device, string[] modes, double seconds, bool inParts)
        where TOptions : NoisyActorOptions
    {
        using var scope = NewDisposeScope();
        using var environment = workload.Create(device);
        var spec = environment.Spec;
        using var agent = create(new AgentContext(spec, environment.Population, Seed), options);
        using var feedback = Fill(environment, agent);
        if (inParts)
        {
            UpdateParts.Measure($"{workload.Name} {name}", agent, options, feedback, device, seconds);
            return;
        }
        using var before = new StateTensors();
        agent.Save(before);
        agent.Learn(feedback);
        var figures = agent.Diagnose();
        using var after = new StateTensors();
        agent.Save(after);
        var state = State(agent, before, after, name, options, environment);
        var rivals = modes.Select(mode => PytorchUpdates.Start(state, Task(name, options, spec), torch.get_num_threads(), device, mode)).ToArray();
        try
        {
            Compare(workload, name, options, spec, () => DeviceWork.ToItsEnd(device, () => agent.Learn(feedback)), DeviceWork.Time(device, torch.get_num_threads()), figures, rivals, seconds);
        }
        finally
        {
            foreach (var rival in rivals)
                rival.Dispose();
        }
    }

    private static void Compare(
        Workload workload, string name, NoisyActorOptions options, EnvironmentSpec spec, Action learn, Func<TimeSpan> time, IReadOnlyDictionary<string, double> figures, PytorchUpdates[] rivals, double seconds)
    {
        var followed = rivals.Select(rival => rival.Follow()).ToArray();
        var apart = followed.Select(one => one.Missing is null ? Apart(figures, one.Sums) : 0).ToArray();
        var able = rivals.Where((_, place) => followed[place].Missing is null).ToArray();
        var rates = Alternating.Seconds(seconds, [() => Ours(learn, time), .. able.Select(rival => new Func<double>(() => rival.Seconds(UpdatesAtOnce)))]).Select(taken => UpdatesAtOnce / taken).ToArray();
        var compared = rivals.Select((rival, place) => followed[place].Missing is { } missing ? $" {missing} | | |" : string.Create(
            CultureInfo.InvariantCulture, $" {rates[1 + Array.IndexOf(able, rival)]:F1} | {rates[0] / rates[1 + Array.IndexOf(able, rival)]:F2} | {apart[place]:E1} |"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {workload.Name} | {spec.ItemCount} | {spec.SlateSize} | {StateEncoder.Width(spec, options)} | {options.EmbeddingSize} | {name} | {rates[0]:F1} |") + string.Concat(compared));
    }

    private static double Ours(Action learn, Func<TimeSpan> time)
    {
        var start = time();
        learn();
        return (time() - start).TotalSeconds;
    }

    /// <summary>Plays rounds of random slates, and hands back one more, which the agent has not seen.</summary>
    private static Feedback Fill(IEnvironment environment, ActorCriticAgent agent)
    {
        for (var round = 0; ; round++)
        {
            using var observation = environment.Observe();
            using var slates = agent.Recommend(observation, RecommendationMode.Explore);
            var feedback = environment.Step(slates);
            if (round == RoundsInReplay)
                return feedback;
            agent.Replay.Add(feedback);
            feedback.Dispose();
        }
    }

    /// <summary>Everything that another program needs to do the agent's first updates once more.</summary>
    private static Dictionary<string, Tensor> State(ActorCriticAgent agent, StateTensors before, StateTensors after, string name, NoisyActorOptions options, IEnvironment environment)
    {
        var (sampling, smoothing) = (new RandomStream(Seed, name + ":sampling"), new RandomStream(Seed, name + ":smoothing"));
        var state = before.Tensors.Where(one => one.Key.StartsWith("online.", StringComparison.Ordinal) || one.Key.StartsWith("target.", StringComparison.Ordinal))
            .Concat(after.Tensors.Where(one => one.Key.StartsWith("replay.", StringComparison.Ordinal))).ToDictionary(one => one.Key, one => one.Value);
        state["places"] = stack([.. Enumerable.Range(0, UpdatesAtOnce).Select(update => agent.Replay.Sample(sampling, update, options, options.Discount).Places)]).cpu();
        state["noises"] = stack([.. Enumerable.Range(0, UpdatesAtOnce).Select(update => smoothing.Normal(update, CPU, BatchSize, options.EmbeddingSize))]);
        if (environment.Population.UserFeatures is { } users)
            state["population.users"] = users.cpu().contiguous();
        if (environment.Population.ItemFeatures is { } items)
            state["population.items"] = items.cpu().contiguous();
        return state;
    }

    private static Dictionary<string, object> Task(string name, NoisyActorOptions options, EnvironmentSpec spec) => new()
    {
        ["agent"] = name,
        ["batchSize"] = options.BatchSize,
        ["slots"] = spec.SlateSize,
        ["bootstrapCandidates"] = options.BootstrapCandidates ?? (10 * spec.SlateSize),
        ["discount"] = options.Discount,
        ["criticLearningRate"] = options.CriticLearningRate,
        ["actorLearningRate"] = options.ActorLearningRate,
        ["grounding"] = options.Grounding,
        ["tau"] = options.Tau,
        ["targetNoise"] = (options as Td3Options)?.TargetNoise ?? 0,
        ["targetNoiseClip"] = (options as Td3Options)?.TargetNoiseClip ?? 0,
        ["actorDelay"] = (options as Td3Options)?.ActorDelay ?? 1,
    };

    /// <summary>The largest relative difference of the figures of the first updates.</summary>
    private static double Apart(IReadOnlyDictionary<string, double> ours, double[] sums)
    {
        var apart = s_figures.Select((figure, place) => Math.Abs((sums[place] / UpdatesAtOnce / ours[figure]) - 1)).ToArray();
        return apart.Max() <= MostApart ? apart.Max() : throw new InvalidOperationException(string.Create(
            CultureInfo.InvariantCulture,
            $"the two do not compute the same: {string.Join("; ", s_figures.Select((figure, place) => $"{figure} {ours[figure]} here, {sums[place] / UpdatesAtOnce} there"))}."));
    }
}
