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
        { "list dpg", ["Unknown agent or environment 'dpg'", "Did you mean 'ddpg'?"] },
        { "response", ["response --help"] },
        { "response fit boosting", ["--data", "--out", "response fit --help"] },
        { "response fit bosting --data hollow --out new", ["Unknown response model 'bosting'", "Did you mean 'boosting'?"] },
        { "response fit boosting --data absent --out new", ["no dataset in 'absent'", "interactions.parquet"] },
        { "response fit boosting --data hollow --out new", ["no dataset in 'hollow'"] },
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
        { "frobnicate", ["frobnicate", "--help"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void AMistakeGetsOneLineAndLeavesNothing(string command, string[] texts)
    {
        File.WriteAllText(PathOf("empty.json"), "");
        File.WriteAllText(PathOf("wrong.json"), """{ "agents": {} }""");
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
