using RecDeepRL.Core;
using RecDeepRL.Core.State;
using static TorchSharp.torch;

namespace RecDeepRL.Agents.Neural;

/// <summary>What a learner that is one of several knows of the others, so that together they draw the batches that one buffer with all rows would give, and step as one.</summary>
/// <remarks>All rows count as lying in the buffer of one place: round after round, in each the rows of the first member, then those of the second. Everybody draws the same
/// places in it and takes the rows that are its own; a gradient in the mean over these counts as much as there are of them.</remarks>
/// <param name="capacity">Rows of that buffer at most.</param>
internal sealed class SharedLearning(ILearningGroup group, long capacity)
{
    private readonly List<long[]> _rounds = [];

    public int Members => group.Members;

    /// <summary>Share of the batch last drawn that are own rows.</summary>
    public double Share { get; private set; } = 1;

    /// <summary>Rows of the round last told of.</summary>
    public long LatestRows { get; private set; }

    /// <summary>See <see cref="ReplayBuffer.CountOf"/>.</summary>
    public long CountOf(int? rounds) => Math.Min(capacity, _rounds.TakeLast(rounds ?? _rounds.Count).Sum(rows => rows.Sum()));

    /// <summary>How many of them are own ones.</summary>
    public long CountOfOwn(int? rounds)
    {
        var (left, own) = (CountOf(rounds), 0L);
        for (var round = _rounds.Count - 1; left > 0; round--)
        {
            // Of the oldest round only the latest rows may be left, which are those of the last members.
            var later = _rounds[round].Skip(group.Member + 1).Sum();
            own += Math.Clamp(left - later, 0, _rounds[round][group.Member]);
            left -= _rounds[round].Sum();
        }
        return own;
    }

    /// <summary>Counts the rows of a round.</summary>
    public void Add()
    {
        _rounds.Add([.. group.Rows]);
        LatestRows = group.Rows.Sum();
        var sum = _rounds.Sum(rows => rows.Sum());
        while (sum - _rounds[0].Sum() >= capacity)
        {
            sum -= _rounds[0].Sum();
            _rounds.RemoveAt(0);
        }
    }

    /// <summary>Which of the rows drawn are own ones.</summary>
    /// <param name="ages">[n] int64 on the CPU, from 0, the latest row of all members.</param>
    /// <returns>Their places among those drawn, and their ages among the own rows, both [m] int64 with m at least 1: where none is own, the latest one here, which counts nothing.</returns>
    public (Tensor Places, Tensor Ages) Own(Tensor ages, Device device)
    {
        var drawn = ages.data<long>().ToArray();
        var (places, own) = (new List<long>(), new List<long>());
        // From the latest round back: how old its latest row is, of all rows and of the own ones.
        var begins = new List<(long Age, long Own, long[] Rows)>();
        var (age, ownAge) = (0L, 0L);
        foreach (var rows in Enumerable.Reverse(_rounds))
        {
            begins.Add((age, ownAge, rows));
            age += rows.Sum();
            ownAge += rows[group.Member];
        }
        var starts = begins.Select(round => round.Age).ToArray();
        for (var place = 0; place < drawn.Length; place++)
        {
            // Of rounds without rows, which begin where the next does, the one before all of them.
            var round = starts.AsSpan().BinarySearch(drawn[place]) is var found && found >= 0 ? found : ~found - 1;
            while (round + 1 < starts.Length && starts[round + 1] <= drawn[place])
                round++;
            var (begin, ownBegin, rows) = begins[round];
            var within = drawn[place] - begin - rows.Skip(group.Member + 1).Sum();
            if (within < 0 || within >= rows[group.Member])
                continue;
            places.Add(place);
            own.Add(ownBegin + within);
        }
        Share = (double)places.Count / drawn.Length;
        if (places.Count == 0)
        {
            places.Add(0);
            own.Add(0);
        }
        return (tensor(places.ToArray(), ScalarType.Int64, device), tensor(own.ToArray(), ScalarType.Int64, device));
    }

    /// <summary>The gradient in the mean over the rows of everybody.</summary>
    /// <param name="gradient">[P] float32, in the mean over the own rows. Borrowed.</param>
    /// <returns>[P]. The caller disposes.</returns>
    public Tensor Merge(Tensor gradient)
    {
        using var noGradient = no_grad();
        // Not times the share where that is 0: of rows that count nothing, infinities are to count nothing too.
        using var weighted = Share == 0 ? zeros_like(gradient) : gradient.mul(Share);
        return group.Sum(weighted);
    }

    /// <summary>What at least one of them has seen.</summary>
    /// <param name="seen">[n] bool, what the learner itself has; changed in place.</param>
    public void Unite(Tensor seen)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        seen.copy_(group.Sum(seen.to_type(ScalarType.Float32)).gt(0));
    }

    /// <summary>Adds up what everybody takes into sums that all have alike before, and have alike afterwards.</summary>
    /// <param name="sums">Of one type; changed in place.</param>
    /// <param name="takeIn">Adds the own rows to them.</param>
    public void AddUp(IReadOnlyList<Tensor> sums, Action takeIn)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        // What they hold already counts once.
        if (group.Member > 0)
        {
            foreach (var sum in sums)
                sum.zero_();
        }
        takeIn();
        var all = group.Sum(cat([.. sums.Select(sum => sum.reshape(-1))]));
        var place = 0L;
        foreach (var sum in sums)
        {
            sum.copy_(all.narrow(0, place, sum.numel()).reshape(sum.shape));
            place += sum.numel();
        }
    }

    public void Save(IStateWriter writer)
    {
        using var rows = tensor(_rounds.SelectMany(one => one).ToArray(), ScalarType.Int64).reshape(_rounds.Count, Members);
        writer.Write("groupRounds", rows);
    }

    public void Load(IStateReader reader)
    {
        _rounds.Clear();
        using var rows = reader.ReadTensor("groupRounds");
        Guard.Shape(rows, "the rounds of a group", "rounds, members", rows.size(0), Members);
        Guard.Within(rows, "the rounds of a group", 0, int.MaxValue);
        _rounds.AddRange(rows.reshape(-1).data<long>().ToArray().Chunk(Members));
    }
}
