using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LongT5.Benchmarks;

// Runs inside this process: nothing is generated or built, so it works from any folder and offline.
//   dotnet run -c Release --project benchmarks/LongT5.Benchmarks -- --filter '*ManyRows*'
var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
    .AddColumn(new RateColumn("GF/s", work => work.Operations), new RateColumn("GB/s", work => work.Bytes));
BenchmarkSwitcher.FromAssembly(typeof(RateColumn).Assembly).Run(args, config);
