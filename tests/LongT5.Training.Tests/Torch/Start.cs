using System.Runtime.CompilerServices;
using LongT5.Training.Torch;
using TorchSharp;

namespace LongT5.Training.Tests.Torch;

static class Start
{
    [ModuleInitializer]
    internal static void Load()
    {
        RuntimeHelpers.RunModuleConstructor(typeof(Libtorch).Module.ModuleHandle);
        torch.set_num_threads(1); // the models of tests are too small to share
    }
}
