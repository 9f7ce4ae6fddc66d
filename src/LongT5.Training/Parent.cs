using System.Globalization;
using System.Runtime.InteropServices;

namespace LongT5.Training;

/// <summary>The process that started this one and waits for it.</summary>
/// <remarks>
/// Its number is asked for again and again. Linux could send a signal instead, but sends one for every thread of the
/// parent that this process is handed on to while it is killed, and a second signal ends a run at once.
/// </remarks>
static partial class Parent
{
    /// <summary>The variable in which it says which process it is.</summary>
    internal const string Variable = "LONGT5_PARENT";

    static readonly TimeSpan s_often = TimeSpan.FromSeconds(0.5);

    /// <summary>Tells, once, that the parent has ended: whoever kills <c>longt5 train</c> means the training.</summary>
    /// <returns>Ends the watch; null where there is nothing to watch, or no means.</returns>
    public static IDisposable? Watch(Action ended)
    {
        if (OperatingSystem.IsWindows()
            || !int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture,
            out var parent)) return null;
        var told = 0;
        return new Timer(_ =>
        {
            if (ParentOfThis() != parent && Interlocked.Exchange(ref told, 1) == 0) ended();
        }, null, TimeSpan.Zero, s_often);
    }

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentOfThis();
}
