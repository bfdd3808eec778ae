using System.Diagnostics;
using RecDeepRL.Cluster.Shards;
using RecDeepRL.Core;
using RecDeepRL.Core.State;
using RecDeepRL.Experiments;
using RecDeepRL.Experiments.Checkpoints;
using RecDeepRL.Experiments.Evaluation;
using RecDeepRL.Experiments.Training;
using static TorchSharp.torch;

namespace RecDeepRL.Cluster.Clients;

/// <summary>Rounds of a run whose population is divided among shards: every shard shows its users what a replica of the agent recommends, and the one learner, here,
/// learns of what happened and hands its policy on; or else the replicas learn, and speak to each other through this.</summary>
/// <remarks>With staleness S, round t is played with the policy after round t − S − 1: shards are up to S rounds ahead of the learner, always by the same number,
/// so that nothing depends on who is faster. Where a checkpoint or an evaluation follows, nobody is ahead of it.</remarks>
internal sealed class ShardedRounds : IRecoverableRounds
{
    private readonly RunPair _pair;
    private readonly ShardedEnvironment _environment;
    private readonly IShardLinks _links;
    private readonly Merging _merging;
    private readonly int _staleness;
    private readonly Queue<Ahead> _ahead = [];
    private bool _policyIsOut;

    /// <summary>A round that was begun.</summary>
    /// <param name="Round">Its number, from 0.</param>
    /// <param name="Policy">Rounds that its policy had learned from.</param>
    private sealed record Ahead(long Round, long Policy, int RequestBytes, IReadOnlyList<Task<byte[]>> Answers);

    /// <param name="pair">Of a <see cref="ShardedEnvironment"/> and the learner. Borrowed.</param>
    /// <param name="links">The placed shards. Ownership passes to this.</param>
    /// <param name="staleness">S, at least 0.</param>
    public ShardedRounds(RunPair pair, IShardLinks links, Merging merging, int staleness)
    {
        (_pair, _links, _merging, _staleness) = (pair, links, merging, staleness);
        _environment = (ShardedEnvironment)pair.Environment;
        TellOfShards();
    }

    /// <summary>Told of every shard's part in every round.</summary>
    public Action<ShardRound>? Played { get; set; }

    public long Iteration => _environment.Iteration;

    public long Begun => Iteration + _ahead.Count;

    public RoundFigures Play(long last)
    {
        var watch = Stopwatch.StartNew();
        while (_ahead.Count <= _staleness && Begun < last)
            Begin(Begun);
        var round = _ahead.Dequeue();
        var answers = Receive(round.Answers);
        var traffic = new Traffic(round);
        try
        {
            // Where shards learn, they have something to say to each other before the round is over.
            while (answers.Exists(GradientMerging.IsOpen))
                answers = GoOn(answers, traffic);
            Tell(round, answers, traffic);
            var sums = answers.Select(answer => Numbers(answer, "figures")).Aggregate((first, second) => [.. first.Zip(second, (one, other) => one + other)]);
            Learn(answers);
            _environment.Iteration = round.Round + 1;
            var diagnostics = _staleness > 0 ? new Dictionary<string, double> { ["staleness"] = round.Round - round.Policy } : [];
            return new RoundFigures((long)sums[0], sums[1], sums[2], sums[3], (long)sums[4], watch.Elapsed.TotalSeconds) { Diagnostics = diagnostics };
        }
        finally
        {
            Dispose(answers);
        }
    }

    public Bounds Bounds(long seed)
    {
        using var scope = NewDisposeScope();
        using var asked = Request();
        asked.Write("seed", seed);
        var parts = Ask(ShardCommand.ItemSums, asked);
        using var request = Request();
        request.Write("seed", seed);
        var sums = zeros([_environment.Spec.ItemCount], ScalarType.Float64);
        foreach (var part in parts)
            sums.add_(part.ReadTensor("itemSums"));
        Dispose(parts);
        request.Write("itemSums", sums);
        var means = MeansOf(ShardCommand.Bounds, request, "bounds");
        return new Bounds(means[0], means[1], means[2], double.IsNaN(means[3]) ? null : means[3]);
    }

    public EvaluationResult Evaluate(RecommendationMode mode, long seed, Bounds? bounds = null)
    {
        using var request = Request();
        request.Write("seed", seed);
        request.Write("explores", mode == RecommendationMode.Explore ? 1 : 0);
        var means = MeansOf(ShardCommand.Evaluate, request, "means");
        var spec = _environment.Spec;
        return new EvaluationResult(Iteration, spec.UserCount, spec.SlateSize, means[0], means[1], bounds ?? Bounds(seed)) { Rounds = means[2] };
    }

    public void Recover(CancellationToken cancellation)
    {
        // What is still under way belongs to a past that is given up.
        foreach (var answer in _ahead.SelectMany(round => round.Answers))
            _ = answer.ContinueWith(task => task.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        _ahead.Clear();
        _policyIsOut = false;
        _links.Recover(cancellation);
        TellOfShards();
    }

    public void Dispose() => _links.Dispose();

    private void TellOfShards()
    {
        _environment.Shards = _links.All;
        if (_pair.Agent is ShardedAgent agent)
            agent.Shards = _links.All;
    }

    /// <summary>Tells all shards what comes of what each of them has said.</summary>
    /// <param name="answers">Disposed here.</param>
    private List<SavedState> GoOn(List<SavedState> answers, Traffic traffic)
    {
        byte[] bytes;
        try
        {
            using var merged = GradientMerging.Merge(answers);
            merged.Write("hasPolicy", 0);
            bytes = StateBytes.Write(merged);
        }
        finally
        {
            Dispose(answers);
        }
        List<Task<byte[]>> asked = [.. _links.All.Select(shard => shard.AskAsync(ShardCommand.GoOn, bytes))];
        var next = Receive(asked);
        traffic.Add(bytes.Length, asked);
        return next;
    }

    private void Begin(long round)
    {
        using var request = Request();
        request.Write("round", round);
        var bytes = StateBytes.Write(request);
        _ahead.Enqueue(new Ahead(round, Iteration, bytes.Length, [.. _links.All.Select(shard => shard.AskAsync(ShardCommand.Play, bytes))]));
    }

    private void Learn(List<SavedState> answers)
    {
        if (_pair.Agent is ShardedAgent agent)
        {
            const string Prefix = Shard.DiagnosticsPrefix + ".";
            var names = answers[0].Tensors.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
            agent.Figures = names.ToDictionary(name => name[(name.IndexOf('.', Prefix.Length) + 1)..], name => answers.Average(answer => Numbers(answer, name)[0]));
            return;
        }
        // What is heard of one round stands in the same place of all answers only where nothing is late, or nobody hears of nobody.
        var heard = answers.SelectMany(answer => Enumerable.Range(0, (int)answer.ReadCount("heard")).Select(index => (Answer: answer, Prefix: $"heard.{index}.")))
            .GroupBy(part => part.Answer.ReadInt64(part.Prefix + "round")).OrderBy(round => round.Key);
        foreach (var round in heard)
        {
            using var scope = NewDisposeScope();
            using var parts = new PartsOfRound(round);
            if (_merging == Merging.Sums)
                SumMerging.Learn((ILearnsFromSums)_pair.Agent, parts.Answers, "");
            else
            {
                using var feedback = TransitionMerging.Join(parts.Answers, "", _environment.Spec, _environment.Population);
                _pair.Agent.Learn(feedback);
            }
            _policyIsOut = false;
        }
    }

    /// <summary>The policy, where shards do not have it yet.</summary>
    private SavedState Request()
    {
        var request = new SavedState();
        var hasPolicy = !_policyIsOut && _merging != Merging.Gradients;
        request.Write("hasPolicy", hasPolicy ? 1 : 0);
        if (!hasPolicy)
            return request;
        var writer = ((IStateWriter)request).Under(Shard.PolicyPrefix);
        if (_pair.Agent is IHasPolicyState apart)
            apart.SavePolicy(writer);
        else
            _pair.Agent.Save(writer);
        _policyIsOut = true;
        return request;
    }

    /// <summary>Means over all users of means over those of each shard.</summary>
    private double[] MeansOf(ShardCommand command, SavedState request, string name)
    {
        var answers = Ask(command, request);
        var blocks = new UserBlocks(_environment.Spec.UserCount);
        var shares = answers.Select((_, shard) => (double)blocks.Users(UserBlocks.Of(shard, answers.Count)).Count / _environment.Spec.UserCount).ToList();
        var parts = answers.Select((answer, shard) => Numbers(answer, name).Select(number => number * shares[shard]).ToArray()).ToList();
        Dispose(answers);
        return parts.Aggregate((first, second) => [.. first.Zip(second, (one, other) => one + other)]);
    }

    private List<SavedState> Ask(ShardCommand command, SavedState request)
    {
        var bytes = StateBytes.Write(request);
        return Receive([.. _links.All.Select(shard => shard.AskAsync(command, bytes))]);
    }

    private static List<SavedState> Receive(IReadOnlyList<Task<byte[]>> asked)
    {
        var answers = Task.WhenAll(asked).GetAwaiter().GetResult();
        return [.. answers.Select((answer, shard) => StateBytes.Read(answer, $"the answer of shard {shard}"))];
    }

    private void Tell(Ahead round, List<SavedState> answers, Traffic traffic)
    {
        for (var shard = 0; Played is not null && shard < answers.Count; shard++)
        {
            var figures = Numbers(answers[shard], "figures");
            Played(new ShardRound(
                round.Round + 1, shard, _links.All[shard].Place, (long)figures[0], figures[5], round.Round - round.Policy, traffic.Sent, traffic.Received[shard]));
        }
    }

    /// <summary>Bytes of a round to each shard, and from it.</summary>
    private sealed class Traffic(Ahead round)
    {
        public long Sent { get; private set; } = round.RequestBytes;

        public long[] Received { get; } = [.. round.Answers.Select(answer => (long)answer.Result.Length)];

        public void Add(int sent, List<Task<byte[]>> answers)
        {
            Sent += sent;
            for (var shard = 0; shard < Received.Length; shard++)
                Received[shard] += answers[shard].Result.Length;
        }
    }

    private static double[] Numbers(SavedState answer, string name)
    {
        using var numbers = answer.ReadTensor(name);
        return numbers.data<double>().ToArray();
    }

    private static void Dispose(IEnumerable<SavedState> states)
    {
        foreach (var state in states)
            state.Dispose();
    }

    /// <summary>What the answers tell of one round, without the prefix that it has in each.</summary>
    private sealed class PartsOfRound : IDisposable
    {
        public PartsOfRound(IEnumerable<(SavedState Answer, string Prefix)> parts)
        {
            var answers = new List<SavedState>();
            foreach (var (answer, prefix) in parts)
            {
                var own = new SavedState("the answer of a shard");
                foreach (var (name, value) in answer.Tensors.Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal)))
                    own.Add(name[prefix.Length..], value.alias());
                foreach (var (name, value) in answer.Counters.Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal)))
                    own.Write(name[prefix.Length..], value);
                answers.Add(own);
            }
            Answers = answers;
        }

        public IReadOnlyList<SavedState> Answers { get; }

        public void Dispose() => ShardedRounds.Dispose(Answers);
    }
}

/// <summary>A shard's part in one round.</summary>
/// <param name="Iteration">Rounds completed, this one included.</param>
/// <param name="Shard">Which one, from 0.</param>
/// <param name="Place">Its worker.</param>
/// <param name="Users">Users of the shard in the round.</param>
/// <param name="Seconds">Time on the shard.</param>
/// <param name="Staleness">Rounds that the policy had not learned from though they were over before.</param>
/// <param name="RequestBytes">Sent to the shard.</param>
/// <param name="AnswerBytes">Sent by the shard.</param>
internal sealed record ShardRound(long Iteration, int Shard, string Place, long Users, double Seconds, long Staleness, long RequestBytes, long AnswerBytes);
