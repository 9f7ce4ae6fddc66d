using LongT5.Torch;
using LongT5.Training.Tests.Losses;
using static TorchSharp.torch;

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

    /// <summary>Steps of training, after the first ones, leave no tensor behind.</summary>
    public static void AssertStepsLeaveNone(TorchModel model, Batch batch)
    {
        ForgetGarbage(); // of other tests, which would go while these are counted
        long after = 0;
        for (var step = 0; step < 6; step++)
        {
            using (var scope = NewDisposeScope())
            {
                foreach (var weight in model.parameters()) weight.grad = null;
                TorchModel.Backward(model.Loss(batch, new() { Dropout = 0.1, Seed = step }));
            }
            if (step == 2) after = Tensor.TotalCount;
        }
        Assert.Equal(after, Tensor.TotalCount);
    }
}
