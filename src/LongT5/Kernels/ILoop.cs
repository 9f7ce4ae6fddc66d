namespace LongT5.Kernels;

/// <summary>The body of a loop that <see cref="Workers"/> run, as a value: starting one allocates nothing.</summary>
internal interface ILoop
{
    /// <summary>One item, on any thread.</summary>
    void Run(int item);
}
