using System.CommandLine;
using LongT5.Torch.Native;
using TorchSharp;

namespace LongT5.Training;

/// <summary><c>longt5 doctor --training</c>: how libtorch was loaded, and what it computes with here.</summary>
static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Command("doctor", "Say how libtorch was loaded and what it computes with on this machine.");
        command.SetAction(_ =>
        {
            foreach (var (name, value) in Findings()) Console.WriteLine($"{name + ":",-18}{value}");
        });
        return command;
    }

    internal static IEnumerable<(string Name, string Value)> Findings()
    {
        var oneDnn = MatrixProducts.UseOneDnn(); // the first use: libtorch is loaded here
        yield return ("libtorch", $"{torch.__version__}, loaded {Libtorch.Loaded}");
        yield return ("threads", $"{torch.get_num_threads()}");
        yield return ("float32", oneDnn ? "products by oneDNN with AVX-512" : "products by MKL");
        yield return ("bfloat16", Gain(torch.CPU));
        yield return ("GPU", torch.cuda.is_available()
            ? $"CUDA; bfloat16: {Gain(torch.CUDA)}" : "none that libtorch can use");
    }

    static string Gain(torch.Device device)
        => MatrixProducts.BFloat16Speedup(device) is > 1.3 and var gain
            ? $"products are {gain:0.0} times as fast as in float32" : "products are no faster than in float32";
}
