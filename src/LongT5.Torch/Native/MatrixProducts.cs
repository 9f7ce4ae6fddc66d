using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using TorchSharp;
using static TorchSharp.torch;

namespace LongT5.Torch.Native;

/// <summary>
/// Which of libtorch's two libraries multiplies matrices of floats on the CPU, and what bfloat16 would bring.
/// </summary>
/// <remarks>
/// libtorch gives float32 products to MKL, which uses AVX2 on processors that are not Intel's; oneDNN, in the same
/// file, uses AVX-512 on all. Telling libtorch that it may round inside oneDNN's products moves them there; oneDNN
/// rounds only where a processor has matrix tiles (AMX), so the choice is kept only if the results are float32's.
/// </remarks>
static partial class MatrixProducts
{
    static readonly Lazy<bool> s_oneDnn = new(TryOneDnn);

    /// <summary>
    /// Moves float32 products to oneDNN where that is faster and as exact; decided once, by the processor alone.
    /// </summary>
    /// <returns>Whether they are there.</returns>
    public static bool UseOneDnn() => s_oneDnn.Value;

    static bool TryOneDnn()
    {
        if (!Avx512F.IsSupported) return false;
        try
        {
            SetFloat32Precision(GlobalContext(), Backend.OneDnn, Operation.Product, Precision.BFloat16);
            if (IsExact()) return true;
            SetFloat32Precision(GlobalContext(), Backend.OneDnn, Operation.Product, Precision.Float32);
        }
        catch (Exception missing) when (missing is EntryPointNotFoundException or DllNotFoundException)
        {
            // Another build of libtorch, without this switch: its products stay where they are.
        }
        return false;
    }

    // Rounded to the 8 bits of bfloat16, sums of 512 products are off by 0.01 and more; those of float32 by less than
    // 1e-4.
    static bool IsExact()
    {
        using var scope = NewDisposeScope();
        var (left, right) = (linspace(-1, 1, 64 * 512).view(64, 512).sin(), linspace(-3, 3, 512 * 64)
            .view(512, 64).cos());
        var difference = left.mm(right).to_type(ScalarType.Float64) - left.to_type(ScalarType.Float64)
            .mm(right.to_type(ScalarType.Float64));
        return difference.abs().max().item<double>() < 5e-4;
    }

    /// <summary>
    /// How many times faster than float32 a product of bfloat16 is on a device, casts included; measured now.
    /// </summary>
    public static double BFloat16Speedup(Device device)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        UseOneDnn();
        // A GPU has done with small ones before the next is asked of it.
        var (rows, width) = device.type == DeviceType.CPU ? (2048, 512) : (16384, 4096);
        var (input, weight) = (ones(rows, width, device: device), ones(width, width, device: device));
        return Seconds(ScalarType.Float32) / Seconds(ScalarType.BFloat16);

        double Seconds(ScalarType type)
        {
            var best = double.MaxValue;
            for (var i = 0; i < 6; i++) // the first warms up
            {
                using var inner = NewDisposeScope();
                var started = Stopwatch.GetTimestamp();
                var product = nn.functional.linear(input.to_type(type), weight.to_type(type))
                    .to_type(ScalarType.Float32);
                product[0, 0].item<float>(); // waits for a GPU
                best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
            }
            return best;
        }
    }

    enum Backend { OneDnn = 2 }

    enum Operation { Product = 3 }

    enum Precision { Float32 = 1, BFloat16 = 3 }

    // at::globalContext() and at::Context::setFloat32Precision: TorchSharp has the switch in name only.
    [LibraryImport("torch_cpu", EntryPoint = "_ZN2at13globalContextEv")]
    private static partial nint GlobalContext();

    [LibraryImport("torch_cpu",
        EntryPoint = "_ZN2at7Context19setFloat32PrecisionENS_14Float32BackendENS_9Float32OpENS_16Float32PrecisionE")]
    private static partial void SetFloat32Precision(nint context, Backend backend, Operation operation,
        Precision precision);
}
