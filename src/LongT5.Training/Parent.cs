using System.Globalization;
using System.Runtime.InteropServices;

namespace LongT5.Training;

/// <summary>The process that started this one and waits for it.</summary>
static partial class Parent
{
    /// <summary>The variable in which it says which process it is.</summary>
    const string Variable = "LONGT5_PARENT";

    const int SignalOfItsDeath = 1, Terminate = 15; // PR_SET_PDEATHSIG, SIGTERM

    /// <summary>
    /// From now on the end of the parent is a signal to this process, which ends it after the step, with a checkpoint:
    /// whoever kills <c>longt5 train</c> means the training. On Linux; elsewhere nothing tells.
    /// </summary>
    public static void EndWith()
    {
        if (!OperatingSystem.IsLinux() || !int.TryParse(Environment.GetEnvironmentVariable(Variable), CultureInfo.InvariantCulture, out var parent)) return;
        _ = Control(SignalOfItsDeath, Terminate, 0, 0, 0);
        if (ParentOfThis() != parent) Environment.Exit(128 + Terminate); // it ended before it could be watched
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nuint first, nuint second, nuint third, nuint fourth);

    [LibraryImport("libc", EntryPoint = "getppid")]
    private static partial int ParentOfThis();
}
