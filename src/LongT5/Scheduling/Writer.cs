using System.Diagnostics;
using LongT5.Generation;
using LongT5.Kernels;

namespace LongT5.Scheduling;

/// <summary>
/// The thread that writes: it takes in who comes, and makes steps of requests that are read, each step of as many as
/// do not hold up each other.
/// </summary>
sealed class Writer(SchedulerLock gate, Admission admission, Running running, ReadingTurns turns, KeptDocuments kept)
{
    private readonly WritingTurns _turns = new();

    /// <summary>Writes until the end.</summary>
    public void Run()
    {
        while (News() is { } places)
        {
            foreach (var (work, place) in places)
                work.Try(() => work.Tell(place));
            var writing = BeginStep([.. places.Where(one => one.Place == 0).Select(one => one.Work)], out var isBeside);
            if (writing.Length == 0)
                continue;
            var begun = Stopwatch.GetTimestamp();
            Step(writing, isBeside);
            EndStep(writing, isBeside, Stopwatch.GetElapsedTime(begun));
        }
    }

    /// <summary>Who begins and who waits, once there is something to do; null at the end.</summary>
    private IReadOnlyList<(Work Work, int Place)>? News()
    {
        lock (gate)
        {
            while (!gate.HasNews && running.Writers.Count == 0)
                gate.Wait();
            if (gate.IsEnding)
                return null;
            if (!gate.TakeNews())
                return [];
            kept.ForgetEnded();
            return admission.Places();
        }
    }

    /// <summary>Those of which a step is made now, and whether others are read beside it.</summary>
    private Work[] BeginStep(Work[] entered, out bool isBeside)
    {
        lock (gate)
        {
            foreach (var work in entered)
                running.Begin(work);
            gate.Wake();
            running.StopCancelled();
            var chosen = running.Writers.Count == 0 ? [] : _turns.Next([.. running.Writers.Select(work => work.Cost)]);
            Work[] writing = [.. running.Writers.Where((_, i) => chosen[i])];
            running.IsStepping = writing.Length > 0;
            while (running.IsStepping && running.InHand is not null && !running.IsSharable)
                gate.Wait();
            isBeside = running.IsSharable && running.Readers.Count > 0;
            return writing;
        }
    }

    private static void Step(Work[] writing, bool isBeside)
    {
        try
        {
            using (isBeside ? Workers.StepAside() : null)
                Decoding.Step([.. writing.Select(work => work.Decoding!)], CancellationToken.None);
            foreach (var work in writing.Where(work => work.Decoding!.IsDone))
                work.Try(work.Complete);
        }
        catch (Exception failure) // of no request in particular
        {
            foreach (var work in writing)
                work.Result.TrySetException(failure);
        }
    }

    /// <summary>Lets those go that are done, and leaves reading the time that the step owes it.</summary>
    private void EndStep(Work[] writing, bool isBeside, TimeSpan took)
    {
        lock (gate)
        {
            running.IsStepping = false;
            foreach (var work in writing.Where(work => work.Result.Task.IsCompleted))
                running.Drop(work);
            turns.Owe(took, isBeside, writing.Length, running);
            gate.Wake();
            while (turns.IsOwed && !gate.HasNews && running.Readers.Count > 0)
                gate.Wait();
        }
    }
}
