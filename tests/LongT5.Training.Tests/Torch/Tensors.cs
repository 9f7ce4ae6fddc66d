namespace LongT5.Training.Tests.Torch;

/// <summary>The tensors of this process.</summary>
static class Tensors
{
    /// <summary>Frees what nothing holds any more.</summary>
    public static void ForgetGarbage()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
