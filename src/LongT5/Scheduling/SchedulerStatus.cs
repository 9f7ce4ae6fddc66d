namespace LongT5.Scheduling;

/// <summary>What a <see cref="Scheduler"/> is doing.</summary>
/// <param name="Waiting">Requests that wait for room.</param>
/// <param name="Reading">Requests whose input is being read.</param>
/// <param name="Writing">Requests that are being written on.</param>
/// <param name="Bytes">Memory that is promised to those that read and write.</param>
/// <param name="KeptDocuments">Encoded documents that are kept.</param>
/// <param name="KeptBytes">Their memory.</param>
/// <param name="KeptHits">Inputs that did not have to be read, since the start.</param>
public readonly record struct SchedulerStatus(
    int Waiting, int Reading, int Writing, long Bytes, int KeptDocuments, long KeptBytes, long KeptHits);
