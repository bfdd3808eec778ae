using System.CommandLine;
using System.Globalization;
using RecDeepRL.Core;
using TorchSharp;

namespace RecDeepRL.Benchmarks.Bandits;

/// <summary>Decisions per second, learning included, of the program's bandits and of two other libraries on one stream. One thread, processor time of each one's own
/// process; taken in turns, and of each the fastest turn counts, which other programs disturbed least.</summary>
internal sealed class BanditsCommand(BanditStream stream, string folder, int turns, Rival? mabWiser, Rival? vowpalWabbit)
{
    private static readonly OwnBandit s_linUcb = new("linucb");
    private static readonly OwnBandit s_linearThompson = new("linear-thompson");

    /// <summary>The same arithmetic here and in MABWiser; without a policy, what it has no counterpart of.</summary>
    private static readonly (OwnBandit Own, string? Policy)[] s_batched =
    [
        (new OwnBandit("epsilon-greedy"), "epsilon-greedy"),
        (new OwnBandit("ucb", ("selection", "highest")), "ucb"),
        (new OwnBandit("ucb"), null),
        (new OwnBandit("thompson"), "thompson"),
        (s_linUcb, "linucb"),
        (s_linearThompson, "linear-thompson"),
    ];

    /// <summary>What of ours is nearest, and Vowpal Wabbit's arguments; costs are 1 less the response.</summary>
    private static readonly (OwnBandit Own, string Arguments)[] s_online =
    [
        (s_linUcb, "--cb_explore {0} --epsilon 0.1"),
        (s_linUcb, "--cb_explore_adf -q ua --epsilon 0.1"),
        (s_linUcb, "--cb_explore_adf -q ua --squarecb"),
        (s_linUcb, "--cb_explore_adf -q ua --regcbopt"),
        (s_linearThompson, "--cb_explore_adf -q ua --bag 5"),
    ];

    private readonly SortedSet<string> _versions = new(StringComparer.Ordinal);

    public static int Run(string[] arguments)
    {
        var data = new Option<string?>("--data") { Description = "folder in the original's layout; without it, the built-in population of context" };
        var decisions = new Option<int>("--decisions") { Description = "decisions of the stream, 2000 to 10000000", DefaultValueFactory = _ => 200_000 };
        var batches = new Option<int[]>("--batches") { Description = "decisions in a batch; the first of them is also what Vowpal Wabbit is compared with", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [604, 10_000] };
        var turns = new Option<int>("--turns") { Description = "turns of each, 1 to 1000", DefaultValueFactory = _ => 5 };
        var mabWiser = new Option<string?>("--mabwiser") { Description = "folder that holds the package mabwiser; or MABWISER in the environment", DefaultValueFactory = _ => System.Environment.GetEnvironmentVariable("MABWISER") };
        var python = new Option<string>("--python") { Description = "Python that has what MABWiser needs", DefaultValueFactory = _ => "python3" };
        var vowpalWabbit = new Option<string?>("--vowpal-wabbit") { Description = "the program vowpal_wabbit_stream; or VOWPAL_WABBIT in the environment", DefaultValueFactory = _ => System.Environment.GetEnvironmentVariable("VOWPAL_WABBIT") };
        Within(decisions, 2000, 10_000_000);
        Within(turns, 1, 1000);
        batches.Validators.Add(result =>
        {
            var most = result.GetValue(decisions) / 2;
            foreach (var batch in result.GetValueOrDefault<int[]>().Where(batch => batch < 1 || batch > most))
                result.AddError($"--batches holds {batch}, must be 1 to {most}, half of --decisions.");
        });
        var command = new RootCommand("Decisions per second of bandits, against MABWiser and Vowpal Wabbit.") { data, decisions, batches, turns, mabWiser, python, vowpalWabbit };
        command.SetAction(parsed =>
        {
            torch.set_num_threads(1);
            var rivals = (parsed.GetValue(mabWiser) is { } package ? Rival.MabWiser(package, parsed.GetValue(python)!) : null, parsed.GetValue(vowpalWabbit) is { } program ? Rival.VowpalWabbit(program) : null);
            using var stream = new BanditStream(parsed.GetValue(decisions), parsed.GetValue(data));
            var folder = Directory.CreateTempSubdirectory("recdeeprl-bandits-").FullName;
            try
            {
                stream.Write(folder);
                new BanditsCommand(stream, folder, parsed.GetValue(turns), rivals.Item1, rivals.Item2).Run(parsed.GetValue(batches)!);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
        try
        {
            var parsed = command.Parse(arguments);
            if (parsed.Errors is [var mistake, ..])
                throw new UserMistakeException(mistake.Message);
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (UserMistakeException mistake)
        {
            Console.Error.WriteLine(mistake.Message.ReplaceLineEndings(" "));
            return 2;
        }
    }

    private void Run(int[] batches)
    {
        Compare(batches);
        if (_versions.Count > 0)
            Say($"{string.Join(", ", _versions)}");
    }

    private void Compare(int[] batches)
    {
        Say($"{stream.Features.shape[0]} decisions, {stream.Spec.ItemCount} items, {stream.Spec.UserFeatureCount} features; best item of each user {stream.Best:F4}, random {stream.Random:F4}; thousand decisions/s by processor time, one thread, the fastest of {turns} turns");
        Say($"| agent | batch | ours | reward | MABWiser | reward | ours / MABWiser |");
        Say($"|---|---|---|---|---|---|---|");
        foreach (var batch in batches)
        {
            foreach (var (own, policy) in s_batched)
            {
                var (ours, theirs) = InTurns(own, batch, policy is null ? null : mabWiser, policy is null ? [] : [policy]);
                Say($"| {own.Name} | {batch} | {Thousands(ours.PerSecond)} | {ours.Reward:F4} | {Rate(theirs)} | {ours.PerSecond / theirs?.PerSecond:F2} |");
            }
        }
        if (mabWiser is null)
            Say($"MABWiser is not measured: name the folder that holds its package with --mabwiser or MABWISER.");
        if (vowpalWabbit is null)
        {
            Say($"Vowpal Wabbit is not measured: name the program built from Bandits/Rivals/VowpalWabbit with --vowpal-wabbit or VOWPAL_WABBIT.");
            return;
        }
        Say($"| Vowpal Wabbit, one by one | with parsing | without | reward | ours, batch {batches[0]} | ours | reward | ours / with parsing | ours / without |");
        Say($"|---|---|---|---|---|---|---|---|---|");
        foreach (var (own, format) in s_online)
        {
            var policy = string.Format(CultureInfo.InvariantCulture, format, stream.Spec.ItemCount);
            var (ours, theirs) = InTurns(own, batches[0], vowpalWabbit, policy.Split(' '));
            var without = theirs!.Value.Decisions / (theirs.Value.Seconds - theirs.Value.Parsing);
            Say($"| {policy} | {Thousands(theirs.Value.PerSecond)} | {Thousands(without)} | {theirs.Value.Reward:F4} | {own.Name} | {Thousands(ours.PerSecond)} | {ours.Reward:F4} | {ours.PerSecond / theirs.Value.PerSecond:F2} | {ours.PerSecond / without:F2} |");
        }
    }

    private static string Rate(StreamResult? result) => result is { } one ? string.Create(CultureInfo.InvariantCulture, $"{Thousands(one.PerSecond)} | {one.Reward:F4}") : " | ";

    private static string Thousands(double perSecond) => (perSecond / 1e3).ToString(perSecond < 20_000 ? "F1" : "F0", CultureInfo.InvariantCulture);

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Within(Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            result.AddError($"{option.Name} was {value}, must be {least} to {most}.");
    });

    /// <summary>The fastest turn of each. What a turn decides is the same each time.</summary>
    private (StreamResult Ours, StreamResult? Theirs) InTurns(OwnBandit own, int batch, Rival? rival, string[] policy)
    {
        // Compiled before it is measured.
        var ours = own.Play(stream, batch);
        StreamResult? theirs = null;
        for (var turn = 0; turn < turns; turn++)
        {
            ours = Faster(ours, own.Play(stream, batch));
            if (rival is null)
                continue;
            var (result, version) = rival.Play(stream, folder, batch, policy);
            theirs = Faster(theirs, result);
            _versions.Add($"{rival.Name} {version}");
        }
        return (ours, theirs);
    }

    private static StreamResult Faster(StreamResult? one, StreamResult other) => one is { } known && known.Seconds <= other.Seconds ? known : other;
}
