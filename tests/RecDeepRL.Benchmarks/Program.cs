using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using RecDeepRL.Benchmarks;

switch (args.FirstOrDefault())
{
    case "cycle":
        return Cycle.Run(args[1..]);
    case "soak":
        return Soak.Run(args[1..]);
}

// In this process, since a generated project would have to bring libtorch along once more.
var configuration = DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, configuration);
return 0;
