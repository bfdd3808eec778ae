using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using RecDeepRL.Benchmarks;
using RecDeepRL.Benchmarks.Bandits;
using RecDeepRL.Core;

// As the program does.
NativeHeap.KeepFreedMemory();
WaitingThreads.SpinBriefly();
try
{
    switch (args.FirstOrDefault())
    {
        case "bandits":
            return BanditsCommand.Run(args[1..]);
        case "cycle":
            return Cycle.Run(args[1..]);
        case "soak":
            return Soak.Run(args[1..]);
        case "workloads":
            return Workloads.Run(args[1..]);
        case "phases":
            return Phases.Run(args[1..]);
        case "shards":
            return Shards.Run(args[1..]);
        case "updates":
            return Updates.Run(args[1..]);
    }
}
catch (UserMistakeException mistake)
{
    Console.Error.WriteLine(mistake.Message);
    return 2;
}

// In this process, since a generated project would have to bring libtorch along once more. TorchSharp is left unoptimised on purpose
// (src/build/KeepArguments.targets), which the validator takes for a debug build.
var configuration = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)).WithOptions(ConfigOptions.DisableOptimizationsValidator);
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, configuration);
return 0;
