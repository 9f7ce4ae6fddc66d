using System.Runtime.CompilerServices;
using LongT5.Torch.Native;

namespace LongT5.Training;

static class Start
{
    // Before the first use of anything in this program, hence before TorchSharp loads anything.
    [ModuleInitializer]
    internal static void Prepare() => Libtorch.Prepare();
}
