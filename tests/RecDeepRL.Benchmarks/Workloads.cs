using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Speed;
using RecDeepRL.Measuring;
using RecDeepRL.Simulation;
using RecDeepRL.Simulation.Responses;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks;

/// <summary>Responses per second of every workload: the whole step of the environment, the part of it that draws responses, and the same draws as plain tensor operations.</summary>
internal static class Workloads
{
    /// <param name="arguments">What names of workloads begin with ('all'), then threads (2), then seconds for each (2), then the device (cpu).</param>
    public static int Run(string[] arguments)
    {
        var (prefix, threads, seconds) = (arguments.ElementAtOrDefault(0) ?? "all", Arguments.Number(arguments, 1, "threads", 2), Arguments.Number(arguments, 2, "seconds", 2));
        var device = Devices.Choose(arguments.ElementAtOrDefault(3) ?? "cpu");
        torch.set_num_threads(threads);
        var time = DeviceWork.Time(device, threads);
        Console.WriteLine($"{Devices.Describe(device)}, {threads} threads; million responses/s by {(time == Alternating.ProcessorTime ? "processor time" : "the clock")}, the fastest tenth of calls taken in turns; ratios to plain tensor operations");
        var bandwidth = CopiedBytesPerSecond(device, time);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"copying memory moves {bandwidth / 1e9:F1} GB/s, read and written; the floor of a step is its bytes at that speed"));
        Console.WriteLine("| workload | K | plain operations | drawing the responses | ratio | the whole step | ratio | bytes/response | floor |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var workload in Workload.All.Where(one => prefix == "all" || one.Name.StartsWith(prefix, StringComparison.Ordinal)))
            Measure(workload, device, time, seconds, bandwidth);
        return 0;
    }

    /// <summary>What a step reads and writes for one user, were every tensor to pass through memory each time it is used.</summary>
    private static long BytesPerUser(EnvironmentSpec spec, bool likedEqually)
    {
        var history = 12L * spec.HistoryLength; // An id and a response for each item. Read and written for the observation; read, written, and written once more when the slate is appended.
        var slot = 8 + 16 + 12 + 12 + 4; // Checked; copied; read with a response written; appended; summed.
        var probability = likedEqually ? 0 : Math.Min(64, 4 * spec.ItemCount); // A line of the cache, or the whole row.
        var ids = 80; // Found, read by each pass, and copied into two observations; reward and the two ends of a session.
        return (5 * history) + (spec.SlateSize * (slot + probability)) + ids + (16L * spec.UserFeatureCount);
    }

    private static double CopiedBytesPerSecond(Device device, Func<TimeSpan> time)
    {
        using var scope = NewDisposeScope();
        var (from, to) = (ones(1 << 26, device: device), zeros(1 << 26, device: device));
        return 2 * 4 * from.numel() / Alternating.Seconds(2, time, () => DeviceWork.ToItsEnd(device, () => to.copy_(from)))[0];
    }

    private static void Measure(Workload workload, Device device, Func<TimeSpan> time, double seconds, double bandwidth)
    {
        using var scope = NewDisposeScope();
        using var environment = workload.Create(device);
        var spec = environment.Spec;
        using var plain = new PlainRound(environment, workload.LikedEqually);
        using var drawing = Drawing.Of(plain.Probabilities);
        var (slates, users) = (plain.Slates, arange(spec.UserCount, ScalarType.Int64, device));
        // What other work on the machine takes is not in the processor time, which is that of all threads together.
        var times = Alternating.Seconds(
            seconds,
            time,
            () => DeviceWork.ToItsEnd(device, plain.Play),
            () => DeviceWork.ToItsEnd(device, () => drawing.Draw(users, slates).Dispose()),
            () => DeviceWork.ToItsEnd(device, () => environment.Step(slates).Dispose()));
        var rates = times.Select(taken => slates.numel() / taken / 1e6).ToArray();
        var bytes = BytesPerUser(spec, workload.LikedEqually) / (double)spec.SlateSize;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {workload.Name} | {spec.SlateSize} | {rates[0]:F1} | {rates[1]:F1} | {rates[1] / rates[0]:F2} | {rates[2]:F1} | {rates[2] / rates[0]:F2} | {bytes:F0} | {bandwidth / bytes / 1e6:F0} |"));
    }
}

/// <summary>The part of a step that draws the responses: gather, coin, compare.</summary>
internal sealed class Drawing(UserBehaviour behaviour) : IDisposable
{
    private readonly EnvironmentCoins _coins = new(1);

    /// <param name="table">[U, N], or [N] where users like items equally.</param>
    public static Drawing Of(Tensor table)
    {
        var items = (int)table.size(-1);
        using var onCpu = table.cpu();
        var values = onCpu.data<float>().ToArray();
        IResponseModel model = table.dim() == 1
            ? new ItemPopularityModel([.. values.Select(value => (double)value)], table.device)
            : new TableModel(values, (int)table.size(0), items, table.device);
        return new Drawing(new UserBehaviour(model, EnvironmentParts.Plain, items));
    }

    public Tensor Draw(Tensor users, Tensor slates) => behaviour.Respond(_coins, users, slates, 0);

    public void Dispose() => behaviour.Dispose();
}
