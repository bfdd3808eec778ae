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
        { "train ddpg --seed many", ["many"] },
        { "train ddpg --iterations 0", ["iterations was 0", "[1, "] },
        { "train ddpg --iterations -5", ["iterations was -5"] },
        { "train ddpg --iterations 99999999999", ["99999999999"] },
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
        { "train random --data absent", ["no data folder 'absent'"] },
        { "train random --data .", ["."] },
        { "train random --config absent.json", ["absent.json"] },
        { "train random --config empty.json", ["empty.json", "not valid JSON"] },
        { "train random --config wrong.json", ["wrong.json", "unknown section 'agents'"] },
        { "train random --resume absent", ["no folder 'absent'"] },
        { "train --resume hollow", ["hollow", "holds no checkpoint"] },
        { "train --resume hollow --seed 2", ["--seed does not go with --resume"] },
        { "train random --out full", ["full", "not empty"] },
        { "train random --out empty.json", ["is a file"] },
        { "train random --threads -1", ["--threads was -1"] },
        { "train random --checkpoint-every -1", ["--checkpoint-every was -1"] },
        { "train random --libtorch absent", ["libtorch_cpu.so"] },
        { "train random --nonsense", ["--nonsense", "train --help"] },
        { "evaluate", ["evaluate --help"] },
        { "evaluate absent", ["no folder 'absent'"] },
        { "evaluate full", ["holds no checkpoint"] },
        { "evaluate full --seeds 0", ["--seeds was 0"] },
        { "compare --agents random,dpg", ["Unknown agent 'dpg'"] },
        { "compare --agents ,", ["No agent was named"] },
        { "compare --env nowhere", ["Unknown environment 'nowhere'"] },
        { "compare --seeds 0", ["--seeds was 0"] },
        { "compare --jobs 0", ["--jobs was 0"] },
        { "compare --out empty.json", ["is a file"] },
        { "compare --device cuda:99", ["cuda"] },
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
        { "population quality --real users.csv --synthetic users.csv --json empty.json", ["'empty.json' exists already"] },
        { "population compare --from users.csv --seeds 0", ["--seeds was 0"] },
        { "population compare --from users.csv --kinds copula --set epochs=3", ["--set was 'epochs=3'", "no kind in copula"] },
        { "list dpg", ["Unknown agent or environment 'dpg'", "Did you mean 'ddpg'?"] },
        { "frobnicate", ["frobnicate", "--help"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void AMistakeGetsOneLineAndLeavesNothing(string command, string[] texts)
    {
        File.WriteAllText(PathOf("empty.json"), "");
        File.WriteAllText(PathOf("wrong.json"), """{ "agents": {} }""");
        File.WriteAllText(PathOf("users.csv"), "age,gender\n1,F\n18,M\n25,F\n");
        File.WriteAllText(PathOf("other.csv"), "age\n1\n");
        Directory.CreateDirectory(PathOf("full"));
        File.WriteAllText(PathOf("full/notes"), "mine");
        Directory.CreateDirectory(PathOf("hollow"));
        var before = Everything();

        Run(command.Split(' ', StringSplitOptions.RemoveEmptyEntries)).IsAMistake(texts);

        Assert.Equal(before, Everything());
    }

    private List<string> Everything() =>
        [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Folder, path)).Order(StringComparer.Ordinal)];
}
