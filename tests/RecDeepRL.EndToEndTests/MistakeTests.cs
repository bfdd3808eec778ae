namespace RecDeepRL.EndToEndTests;

/// <summary>Every mistake gets one clear line and exit code 2, and leaves nothing behind.</summary>
public sealed class MistakeTests : WorkingFolder
{
    public static TheoryData<string, string[]> Mistakes => new()
    {
        { "", ["No command was given", "train ddpg"] },
        { "train", ["No agent was named", "train ddpg"] },
        { "train dpg", ["Unknown agent 'dpg'", "Did you mean 'ddpg'?", "list agents"] },
        { "train ddpg --env personl", ["Unknown environment 'personl'", "Did you mean 'personal'?"] },
        { "train ddpg --device tpu", ["Unknown device 'tpu'", "cuda:N"] },
        { "train ddpg --device cuda:99", ["cuda"] },
        { "train ddpg --seed many", ["--seed was many", "a whole number"] },
        { "train ddpg --iterations 0", ["--iterations was 0", "at least 1", "train --help"] },
        { "train ddpg --iterations -5", ["iterations was -5"] },
        { "train ddpg --iterations 99999999999", ["--iterations was 99999999999", "[1, 2147483647]"] },
        { "train ddpg --set discount", ["--set was 'discount'", "key=value"] },
        { "train ddpg --set discount=1.2", ["discount was 1.2", "[0, 1)"] },
        { "train ddpg --set discount=NaN", ["discount was NaN"] },
        { "train ddpg --set discount=", ["discount was empty"] },
        { "train ddpg --set discont=0.5", ["Unknown option 'discont'", "Did you mean 'discount'?"] },
        { "train ddpg --set discount=2 --set batchSize=0", ["discount was 2", "batchSize was 0"] },
        { "train ddpg --set agent.bogus=1", ["bogus"] },
        { "train ddpg --set nobody.discount=1", ["nobody"] },
        { "train random --env popular --set slateSize=11", ["slateSize", "11"] },
        { "train random --env popular --set users=0", ["users was 0"] },
        { "train random --env popular --set candidates=11", ["candidates was 11", "the number of items, 10"] },
        { "train random --env popular --set candidates=0", ["candidates was 0"] },
        { "train ddpg --env popular --set candidates=5", ["agent.candidates", "environment.candidates"] },
        { "train random --env popular --set availability=0", ["availability was 0", "(0, 1]"] },
        { "train random --env popular --set delay=-1", ["delay was -1"] },
        { "train random --env popular --set eligibility=absent.csv", ["eligibility was 'absent.csv'", "user_idx"] },
        { "train random --env popular --set eligibility=empty.json", ["empty.json"] },
        { "train random --env composed --set response=[{\"kind\":\"logstic\"}]", ["response[0]", "unknown kind 'logstic'", "Did you mean 'logistic'?"] },
        { "train random --env composed --set response=[\"constant\",{\"kind\":\"logistic\",\"bias\":\"x\"}]", ["response[1] (logistic): bias was x", "[-1000000, 1000000]"] },
        { "train random --env composed --set response=[{\"kind\":\"constant\"},{\"kind\":\"weighted-sum\",\"inputs\":[\"taste\"]}]", ["response[1] (weighted-sum)", "no step with the output 'taste'"] },
        { "train random --env composed --set response=[1", ["response was [1", "a JSON list such as"] },
        { "train random --env composed --set userFeatures=0", ["response[0] (cosine-similarity)", "users have no features"] },
        { "train random --env composed --set itemsFile=absent.parquet", ["absent.parquet"] },
        { "train random --env composed --set choice=[]", ["choice holds 0 parts", "exactly one"] },
        { "train random --env composed --set choice={\"kind\":\"position-based\",\"examination\":[1,0.5]}", ["choice[0] (position-based)", "must have 5"] },
        { "train random --env composed --data full", ["'composed' reads none"] },
        { "train random --env sessions --set returnAfter=0.5", ["returnAfter was 0.5", "at least 1, or none"] },
        { "train random --env sessions --set sessionLimit=0 --set topics=0", ["sessionLimit was 0", "topics was 0"] },
        { "train random --env sessions --data .", ["'sessions' reads none", "Leave --data out"] },
        { "train random --env satisfaction --set memory=1", ["memory was 1", "[0, 1)"] },
        { "train random --data absent", ["no data folder 'absent'"] },
        { "train random --data .", ["."] },
        { "train random --config absent.json", ["absent.json"] },
        { "train random --config empty.json", ["empty.json", "not valid JSON"] },
        { "train random --config wrong.json", ["wrong.json", "unknown section 'agents'"] },
        { "train random --config list.json", ["list.json", "it was [1]", "must be a JSON object"] },
        { "train random --resume absent", ["no folder 'absent'"] },
        { "train --resume hollow", ["hollow", "holds no checkpoint"] },
        { "train --resume hollow --seed 2", ["--seed does not go with --resume"] },
        { "train random --out full", ["full", "not empty"] },
        { "train random --out empty.json", ["is a file"] },
        { "train random --threads -1", ["--threads was -1"] },
        { "train random --checkpoint-every -1", ["--checkpoint-every was -1"] },
        { "train random --libtorch absent", ["libtorch_cpu.so"] },
        { "train random --nonsense", ["--nonsense", "train --help"] },
        { "train random --warm-start absent", ["no log folder 'absent'", "simulate --log"] },
        { "train random --warm-start hollow", ["hollow", "no log.json"] },
        { "train --resume hollow --warm-start full", ["--warm-start does not go with --resume"] },
        { "simulate", ["No log folder was named", "simulate AGENT --log DIR"] },
        { "simulate --log new", ["No agent was named"] },
        { "simulate dpg --log new", ["Unknown agent 'dpg'", "Did you mean 'ddpg'?"] },
        { "simulate random --log new --iterations 0", ["iterations was 0"] },
        { "simulate random --log full", ["full", "not empty", "--append"] },
        { "simulate random --log empty.json", ["is a file"] },
        { "simulate random --log absent --append", ["no log 'absent' to append to"] },
        { "simulate random --log hollow --append", ["hollow", "no log.json"] },
        { "simulate random --log new --warm-start hollow", ["hollow", "no log.json"] },
        { "simulate random --log empty.json/new", ["cannot be used", "another folder"] },
        { "simulate random --log new --env popular --set users=100000001", ["users was 100000001"] },
        { "bench --device gpu", ["Unknown device 'gpu'"] },
        { "bench --seconds 0", ["--seconds was 0", "must be in (0, 600]"] },
        { "bench --seconds fast", ["--seconds was fast", "must be a number in (0, 600]"] },
        { "evaluate", ["evaluate --help"] },
        { "evaluate absent", ["no folder 'absent'"] },
        { "evaluate full", ["holds no checkpoint"] },
        { "evaluate full --seeds 0", ["--seeds was 0"] },
        { "compare --agents random,dpg", ["Unknown agent 'dpg'"] },
        { "compare --agents ,", ["No agent was named"] },
        { "compare --env nowhere", ["Unknown environment 'nowhere'"] },
        { "compare --seeds 0", ["--seeds was 0"] },
        { "compare --jobs 0", ["--jobs was 0"] },
        { "compare --seed 9223372036854775807 --seeds 2", ["--seed was 9223372036854775807", "at most 9223372036854775805 with 2 seeds"] },
        { "tune ddpg --search discount=0,0.5 --metric 1", ["--metric was 1", "one of final, training, both"] },
        { "compare --out empty.json", ["is a file"] },
        { "compare --device cuda:99", ["cuda"] },
        { "list dpg", ["Unknown agent, environment or part 'dpg'", "Did you mean 'ddpg'?"] },
        { "import", ["import --help"] },
        { "import absent", ["--out"] },
        { "import absent --out new", ["There is no 'absent'"] },
        { "import full --out new", ["holds no data set that is known", "movielens-1m"] },
        { "import empty.json --out new", ["is a file", "--user-column"] },
        { "import empty.json --out new --user-column u", ["empty.json is empty"] },
        { "import ratings --out full", ["'full' exists already"] },
        { "import ratings --out new", ["ratings.csv, line 3, column 'rating': 'five'", "--skip-bad"] },
        { "import ratings --out new/deeper", ["line 3, column 'rating'"] },
        { "import ratings --out new --skip-bad -1", ["--skip-bad was -1"] },
        { "import ratings --out new --threshold NaN", ["--threshold was NaN"] },
        { "import ratings --out new --threshold high", ["--threshold was high", "a number"] },
        { "import ratings --out new --duplicates some", ["--duplicates was 'some'"] },
        { "import ratings --out new --format movielens", ["Unknown format 'movielens'"] },
        { "import ratings --out new --format kuairec-big", ["is not in the format kuairec-big"] },
        { "import ratings --out new --response stars", ["--response was 'stars'"] },
        { "import ratings/ratings.csv --out new --user-column who", ["has no column 'who'", "'userId'"] },
        { "import ratings/ratings.csv --out new --time-unit weeks", ["--time-unit was 'weeks'"] },
        { "response", ["response --help"] },
        { "response fit boosting", ["--data", "--out", "response fit --help"] },
        { "response fit bosting --data hollow --out new", ["Unknown response model 'bosting'", "Did you mean 'boosting'?"] },
        { "response fit boosting --data absent --out new", ["There is no 'absent'"] },
        { "response fit boosting --data hollow --out new", ["'hollow'", "holds no data set that is known"] },
        { "response fit factorisation --data hollow --out full", ["'full' exists already", "never overwrites"] },
        { "response fit boosting --data hollow --out new --set tree=5", ["unknown option 'tree'", "Did you mean 'trees'?"] },
        { "response fit boosting --data hollow --out new --set trees", ["--set was 'trees'", "key=value"] },
        { "response fit boosting --data hollow --out new --set trees=0 --set testShare=1", ["trees was 0", "testShare was 1"] },
        { "response fit boosting --data hollow --out new --calibrate best", ["calibration was best", "one of platt, isotonic, or none"] },
        { "response fit boosting --data hollow --out new --threads -1", ["--threads was -1"] },
        { "response options als", ["Unknown response model 'als'", "factorisation"] },
        { "response inspect absent", ["no folder absent"] },
        { "response inspect full", ["holds no table of probabilities", "response fit"] },
        { "response inspect full --slate-size 0", ["--slate-size was 0"] },
        { "population generate --out out.parquet", ["--count", "generate --help"] },
        { "population generate --count 10 --out out.parquet", ["No source was given", "--from TABLE", "--model FILE", "--mix"] },
        { "population generate --count 0 --from users.csv --out out.parquet", ["--count was 0", "at least 1"] },
        { "population generate --count 10 --from users.csv --out out.txt", ["--out was 'out.txt'", ".parquet or .csv"] },
        { "population generate --count 10 --from users.csv --out users.csv", ["'users.csv' exists already", "--force"] },
        { "population generate --count 10 --from users.csv --out absent/out.csv", ["no folder"] },
        { "population generate --count 10 --from absent.csv --out out.csv", ["There is no absent.csv"] },
        { "population generate --count 10 --from users.csv --kind copla --out out.csv", ["Unknown kind of generator 'copla'", "Did you mean 'copula'?"] },
        { "population generate --count 10 --from users.csv --key nme --out out.csv", ["--key names 'nme'", "'age'"] },
        { "population generate --count 10 --from users.csv --set segments=0 --out out.csv", ["segments was 0"] },
        { "population generate --count 10 --from users.csv --kind vae --set epoch=1 --out out.csv", ["unknown option 'epoch'", "Did you mean 'epochs'?"] },
        { "population generate --count 10 --from users.csv --kind resample --set replacement=false --out out.csv", ["10 users were asked for", "only 3"] },
        { "population generate --count 10 --from users.csv --segment-column part --out out.csv", ["--segment-column does not go with --from"] },
        { "population generate --count 10 --model users.csv --out out.csv", ["not a saved generator"] },
        { "population generate --count 10 --model empty.json --kind vae --out out.csv", ["--kind does not go with --model"] },
        { "population generate --count 10 --mix users.csv --out out.csv", ["--mix was 'users.csv'", "FILE:WEIGHT"] },
        { "population generate --count 10 --mix users.csv:-1 --out out.csv", ["weight above 0"] },
        { "population generate --count 10 --mix users.csv,gendr=F:1 --out out.csv", ["no column 'gendr'", "Did you mean 'gender'?"] },
        { "population generate --count 10 --mix users.csv,gender=X:1 --out out.csv", ["No user of users.csv has gender=X"] },
        { "population fit --out model.json", ["No source was given"] },
        { "population fit --from users.csv --out model.parquet", ["must end with .json"] },
        { "population quality --real users.csv --synthetic users.csv", ["has 3 rows", "at least 20"] },
        { "population quality --real users.csv --synthetic other.csv", ["'age', 'gender'", "--without"] },
        { "population quality --real users.csv --synthetic users.csv --png picture.jpg", ["--png was 'picture.jpg'", ".png"] },
        { "population compare --from users.csv --seeds 0", ["--seeds was 0"] },
        { "population compare --from users.csv --kinds copula --set epochs=3", ["--set was 'epochs=3'", "no kind in copula"] },
        { "dashboard", ["no folder 'checkpoints'", "'train'"] },
        { "dashboard absent", ["no folder 'absent'"] },
        { "dashboard full --port 65536", ["--port was 65536", "[0, 65535]"] },
        { "dashboard full --port any", ["--port was any", "[0, 65535]"] },
        { "dashboard full --host example.org", ["--host was 'example.org'", "localhost"] },
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
        { "frobnicate", ["frobnicate", "--help"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void AMistakeGetsOneLineAndLeavesNothing(string command, string[] texts)
    {
        File.WriteAllText(PathOf("empty.json"), "");
        File.WriteAllText(PathOf("wrong.json"), """{ "agents": {} }""");
        File.WriteAllText(PathOf("list.json"), "[1]");
        // Ports below those that systems hand out, and which nobody is known to use.
        File.WriteAllText(PathOf("cluster.json"), """{ "clusterId": "nobody", "siloPort": 21987, "gatewayPort": 21997, "failureSeconds": 2 }""");
        File.WriteAllText(PathOf("redis.json"), """{ "clustering": "redis" }""");
        File.WriteAllText(PathOf("redis-words.json"), """{ "clustering": "redis", "connectionString": "db:6379,colour=red" }""");
        File.WriteAllText(PathOf("redis-nobody.json"), """{ "clustering": "redis", "connectionString": "127.0.0.1:1,connectTimeout=500", "siloPort": 21987, "gatewayPort": 21997, "failureSeconds": 2 }""");
        File.WriteAllText(PathOf("tls.json"), """{ "certificate": "absent.pfx", "trustedCertificate": "absent.pem" }""");
        File.WriteAllText(PathOf("tls-half.json"), """{ "certificate": "absent.pfx" }""");
        File.WriteAllText(PathOf("pod.json"), """{ "clustering": "redis", "connectionString": "db:6379", "kubernetes": true }""");
        File.WriteAllText(PathOf("postgres.json"), """{ "clustering": "postgresql" }""");
        File.WriteAllText(PathOf("users.csv"), "age,gender\n1,F\n18,M\n25,F\n");
        File.WriteAllText(PathOf("other.csv"), "age\n1\n");
        Directory.CreateDirectory(PathOf("full"));
        File.WriteAllText(PathOf("full/notes"), "mine");
        Directory.CreateDirectory(PathOf("hollow"));
        Directory.CreateDirectory(PathOf("ratings"));
        File.WriteAllText(PathOf("ratings/ratings.csv"), "userId,movieId,rating,timestamp\n1,2,4,10\n1,3,five,10\n");
        File.WriteAllText(PathOf("ratings/movies.csv"), "movieId,title,genres\n2,A (1990),Drama\n");
        var before = Everything();

        Run(command.Split(' ', StringSplitOptions.RemoveEmptyEntries)).IsAMistake(texts);

        Assert.Equal(before, Everything());
    }

    private List<string> Everything() =>
        [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];
}
