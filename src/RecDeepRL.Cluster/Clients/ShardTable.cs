using System.Globalization;
using RecDeepRL.Experiments.Training;

namespace RecDeepRL.Cluster.Clients;

/// <summary><c>shards.csv</c> of a run folder: every shard's part in every round.</summary>
/// <param name="folder">The run folder.</param>
/// <param name="iteration">Rounds completed so far; later rows are dropped.</param>
internal sealed class ShardTable(string folder, long iteration) : IDisposable
{
    public const string FileName = "shards.csv";

    private readonly StreamWriter _file = RoundTable.Open(Path.Combine(folder, FileName), "iteration,shard,worker,users,seconds,users_per_second,staleness,request_bytes,answer_bytes", iteration, out _);

    public void Add(ShardRound round)
    {
        _file.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{round.Iteration},{round.Shard},{round.Place},{round.Users},{round.Seconds:R},{(round.Users == 0 ? 0 : round.Users / round.Seconds):F0},{round.Staleness},{round.RequestBytes},{round.AnswerBytes}"));
        _file.Flush();
    }

    public void Dispose() => _file.Dispose();
}
