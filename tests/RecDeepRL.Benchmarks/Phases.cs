using System.Globalization;
using RecDeepRL.Core;
using RecDeepRL.Experiments.Speed;
using RecDeepRL.Measuring;
using RecDeepRL.Simulation;
using TorchSharp;
using static TorchSharp.torch;

namespace RecDeepRL.Benchmarks;

/// <summary>Where the time of one step goes: each of its parts by itself, on the tensors of a workload.</summary>
internal static class Phases
{
    /// <param name="arguments">Name of a workload (personal-10000), then threads (2), then seconds (5).</param>
    public static int Run(string[] arguments)
    {
        var name = arguments.ElementAtOrDefault(0) ?? "personal-10000";
        torch.set_num_threads(Arguments.Number(arguments, 1, "threads", 2));
        var workload = Arguments.Named(Workload.All, one => one.Name, name);
        using var scope = NewDisposeScope();
        using var environment = workload.Create();
        var spec = environment.Spec;
        using var plain = new PlainRound(environment, workload.LikedEqually);
        using var drawing = Drawing.Of(plain.Probabilities);
        var (slates, users) = (plain.Slates, arange(spec.UserCount, ScalarType.Int64));
        using var history = new UserHistory(spec.UserCount, spec.HistoryLength, CPU);
        var responses = drawing.Draw(users, slates);
        var coins = new EnvironmentCoins(1);
        (string Name, Action Do)[] phases =
        [
            ("the whole step", () => environment.Step(slates).Dispose()),
            ("observe", () => environment.Observe().Dispose()),
            ("who takes part", () => Participants.Of(coins.Inclusion, 1, spec.Users, 1, null, CPU).Dispose()),
            ("check slates", () => Guard.Slates(slates, spec.UserCount, spec)),
            ("copy slates", () => slates.clone().Dispose()),
            ("draw responses", () => drawing.Draw(users, slates).Dispose()),
            ("history: append and read", () => Dispose(history.Append(users, slates, responses))),
            ("history: read", () => Dispose(history.Of(users))),
            ("sum, terminated, truncated", () => Dispose(responses.sum(1), zeros_like(users, ScalarType.Bool), zeros_like(users, ScalarType.Bool))),
        ];
        var times = Alternating.Seconds(Arguments.Number(arguments, 2, "seconds", 5), torch.get_num_threads() == 1 ? Alternating.ProcessorTime : Alternating.Clock, [.. phases.Select(phase => new Action(() => InScope(phase.Do)))]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{workload.Name}: {spec.UserCount} users x {spec.SlateSize} slots, histories of {spec.HistoryLength}, {torch.get_num_threads()} threads"));
        foreach (var (phase, time) in phases.Zip(times))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{phase.Name,-34} {time * 1e6,9:F1} us {time / times[0],7:P0}"));
        return 0;
    }

    private static void InScope(Action action)
    {
        using var scope = NewDisposeScope();
        action();
    }

    private static void Dispose((Tensor Items, Tensor Responses) rows) => Dispose(rows.Items, rows.Responses);

    private static void Dispose(params ReadOnlySpan<Tensor> tensors)
    {
        foreach (var one in tensors)
            one.Dispose();
    }
}
