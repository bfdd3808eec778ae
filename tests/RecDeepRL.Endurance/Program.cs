using RecDeepRL.Core;
using RecDeepRL.Endurance;

try
{
    return args.FirstOrDefault() switch
    {
        "fuzz" => Fuzz.Run(args[1..]),
        "case" => FuzzWorker.ShowCase(args[1..]),
        "fuzz-worker" => FuzzWorker.Run(args[1..]),
        "kills" => Kills.Run(args[1..]),
        "disks" => Disks.Run(args[1..]),
        "soak" => Soak.Run(args[1..]),
        _ => Usage(),
    };
}
catch (Exception fault) when (fault is ArgumentException or UserMistakeException)
{
    Console.Error.WriteLine(fault.Message);
    return 2;
}

static int Usage()
{
    Console.Error.WriteLine("""
        fuzz [CASES] [TARGET]   CASES damaged files for each reader (default 10000), or for those whose name holds TARGET
        case TARGET NUMBER      the damaged file of one case of fuzz, on the output
        kills [COUNT] [TRIAL]   at least COUNT kills (default 200) over all trials, or over those whose name holds TRIAL
        disks [SIZES]           file systems too small for the command, of SIZES sizes (default 24) for each trial; root only
        soak [MINUTES] [DIR]    train ddpg for MINUTES (default 60); memory and speed as a table and pictures in DIR
        """);
    return 2;
}
