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
