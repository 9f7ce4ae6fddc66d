using System.Runtime.CompilerServices;
using LongT5.Torch.Native;
using TorchSharp;

namespace LongT5.Training.Tests;

static class Start
{
    [ModuleInitializer]
    internal static void Load()
    {
        Libtorch.Prepare();
        torch.set_num_threads(1); // the models of tests are too small to share
    }
}
