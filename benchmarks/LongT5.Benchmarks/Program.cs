using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using LongT5.Benchmarks;

// Runs inside this process: nothing is generated or built, so it works from any folder and offline.
//   dotnet run -c Release --project benchmarks/LongT5.Benchmarks -- --filter '*ManyRows*'
// A short run unless --job says otherwise; --job dry calls everything once.
var config = ManualConfig.Create(DefaultConfig.Instance)
    .AddColumn(new RateColumn("GF/s", work => work.Operations), new RateColumn("GB/s", work => work.Bytes));
if (!args.Any(word => word is "-j" or "--job"))
    config = config.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance));
BenchmarkSwitcher.FromAssembly(typeof(RateColumn).Assembly).Run([.. args, "--inProcess"], config);
