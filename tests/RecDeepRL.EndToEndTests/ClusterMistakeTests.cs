namespace RecDeepRL.EndToEndTests;

/// <summary>The same of what concerns a cluster, of which some look for others before they complain.</summary>
public sealed class ClusterMistakeTests : MistakeFolder
{
    public static TheoryData<string, string[]> Mistakes => new()
    {
        { "worker", ["'--cluster' is required"] },
        { "worker --cluster absent.json", ["'absent.json' cannot be read", "configs/cluster.json"] },
        { "worker --cluster wrong.json", ["'wrong.json' is wrong", "unknown option 'agents'"] },
        { "worker --cluster cluster.json --device gpu", ["Unknown device 'gpu'"] },
        { "worker --cluster cluster.json --log absent/worker.log", ["--log was 'absent/worker.log'"] },
        { "worker --cluster postgres.json", ["needs a connection string", "RECDEEPRL_CLUSTER_CONNECTION"] },
        { "worker --cluster redis.json", ["needs a connection string", "db:6379", "RECDEEPRL_CLUSTER_CONNECTION"] },
        { "worker --cluster redis-words.json", ["is none of Redis", "db:6379"] },
        { "worker --cluster redis-nobody.json", ["cannot join the cluster", "Redis server"] },
        { "worker --cluster tls.json", ["The certificate '", "absent.pfx' cannot be read"] },
        { "worker --cluster tls-half.json", ["certificate and trustedCertificate go together"] },
        { "compare --agents ucb --env popular --seeds 1 --cluster tls.json --out out", ["The certificate '", "absent.pfx' cannot be read"] },
        { "worker --cluster pod.json", ["kubernetes is true", "POD_NAME", "deploy/kubernetes.yaml"] },
        { "worker --cluster cluster.json --dashboard 0", ["--dashboard was 0", "in [1, 65535]"] },
        { "worker --cluster cluster.json --dashboard 70000", ["--dashboard was 70000", "in [1, 65535]"] },
        { "worker --cluster cluster.json --memory 0", ["--memory was 0", "in [100, 10000000]"] },
        { "worker --cluster cluster.json --memory 100", ["memoryMegabytes was 100", "before its first run"] },
        { "cluster schema --cluster cluster.json", ["clustering localhost", "needs no schema"] },
        { "cluster schema --cluster postgres.json", ["needs a connection string"] },
        { "compare --cluster list.json --out out", ["'list.json'", "no JSON object"] },
        { "compare --agents ucb --env popular --cluster cluster.json --device cuda:1 --out out", ["--device was cuda:1", "must be cpu or cuda"] },
        { "compare --agents ucb --env popular --seeds 1 --cluster cluster.json --out out", ["No worker of the cluster 'nobody'", "'worker --cluster FILE'"] },
        { "train ucb --env popular --shards 2", ["--shards was given without --cluster"] },
        { "train ucb --env popular --cluster cluster.json", ["--cluster was given without --shards"] },
        { "train ucb --env popular --staleness 1", ["--staleness was given without --cluster"] },
        { "train ucb --env popular --cluster cluster.json --shards 33", ["--shards was 33", "[1, 32]"] },
        { "train ucb --env popular --cluster cluster.json --shards 2 --staleness -1", ["--staleness was -1", "[0, 1000]"] },
        { "train ucb --env popular --cluster cluster.json --shards 2 --merge averages", ["--merge was averages", "sums, transitions, gradients"] },
        { "train ucb --env popular --cluster cluster.json --shards 2 --merge gradients", ["--merge was gradients", "'ucb' does not learn by steps along gradients"] },
        { "train dqn --env popular --cluster cluster.json --shards 2 --merge gradients --staleness 1", ["--staleness was 1", "none can be ahead of itself"] },
        { "train dqn --env popular --cluster cluster.json --shards 2 --merge sums", ["--merge was sums", "'dqn' does not learn from sums"] },
        { "train oracle --env popular --cluster cluster.json --shards 2", ["'oracle' is a bound"] },
        { "train ucb --env popular --set users=20 --cluster cluster.json --shards 2", ["only 20 users", "at least 32"] },
        { "train ucb --env popular --cluster cluster.json --shards 2 --insight-every 5", ["--insight-every does not go with --shards"] },
        { "train ucb --env popular --cluster cluster.json --shards 2 --warm-start full", ["cannot start from a log"] },
        { "train ucb --env popular --cluster wrong.json --shards 2", ["'wrong.json' is wrong"] },
        { "train ucb --env popular --cluster cluster.json --shards 2 --out out", ["No worker of the cluster 'nobody'", "'worker --cluster FILE'"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void AMistakeGetsOneLineAndLeavesNothing(string command, string[] texts) => Make(command, texts);
}
