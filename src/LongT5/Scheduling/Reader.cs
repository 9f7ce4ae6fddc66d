using System.Diagnostics;

namespace LongT5.Scheduling;

/// <summary>The thread that reads, slice by slice.</summary>
sealed class Reader(SchedulerLock gate, Admission admission, Running running, ReadingTurns turns, KeptDocuments kept)
{
    /// <summary>Reads until the end.</summary>
    public void Run()
    {
        while (TakeNext() is { } work)
        {
            var (begun, before, isDone) = (Stopwatch.GetTimestamp(), work.Unread, false);
            work.Try(() => isDone = work.Read(kept));
            if (isDone)
                work.Try(work.Complete);
            PutBack(work, Stopwatch.GetElapsedTime(begun), before - work.Unread);
        }
    }

    /// <summary>The one whose turn it is, once it may be read; null at the end.</summary>
    private Work? TakeNext()
    {
        lock (gate)
        {
            while (!gate.IsEnding)
            {
                if ((!running.IsStepping || running.IsSharable) && turns.Next(running.Readers) is { } next)
                    return running.InHand = next;
                gate.Wait();
            }
            return null;
        }
    }

    private void PutBack(Work work, TimeSpan took, double operations)
    {
        lock (gate)
        {
            running.InHand = null;
            turns.Spend(took);
            admission.Learn(took, operations);
            if (work.Cancellation.IsCancellationRequested)
                work.Result.TrySetCanceled(work.Cancellation);
            if (work.Result.Task.IsCompleted)
                running.Drop(work);
            else if (work.Decoding is not null)
                running.HandOver(work);
            gate.Wake();
        }
    }
}
