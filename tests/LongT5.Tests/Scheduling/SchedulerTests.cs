using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Scheduling;
using LongT5.Tasks;
using LongT5.Tests.Model;
using LongT5.Tests.Tasks;

namespace LongT5.Tests.Scheduling;

/// <summary>Requests of many threads on one machine.</summary>
[Collection(nameof(Alone))]
public sealed class SchedulerTests : IDisposable
{
    private static readonly GenerationOptions[] Ways =
    [
        new() { MaxNewTokens = 24 },
        new() { MaxNewTokens = 30, NumBeams = 3, NumReturnSequences = 2, NoRepeatNgramSize = 2 },
        new() { MaxNewTokens = 20, DoSample = true, Seed = 4, NumReturnSequences = 3, Temperature = 1.4 },
        new() { MaxNewTokens = 40, PromptLookupNumTokens = 4 },
        new() { MaxNewTokens = 25, NumBeams = 2, DoSample = true, Seed = 9, RepetitionPenalty = 1.2 },
        new() { MaxNewTokens = 60, StopStrings = ["e"], DecoderInputIds = [[0, 5, 6, 7]] },
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-scheduler-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Whatever_runs_beside_it_a_request_gives_and_streams_what_it_gives_alone()
    {
        var random = new Random(2112);
        using var bare = LongT5Model.Load(TinyModel.Folder);
        var adapter = RandomAdapter.Write(Path.Combine(_folder, "lora"), bare.Config, "lora", 1);
        using var bareAdapted = bare.WithAdapter(adapter);
        using var scheduler = new Scheduler(new() { MaxSequences = 9 });
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        using var adapted = model.WithAdapter(adapter);
        int[][] inputs = [.. Enumerable.Range(0, 12).Select(_ => Ids(random, random.Next(1, 900)))];
        var requests = Enumerable.Range(0, 80).Select(_ => (Input: inputs[random.Next(inputs.Length)],
            Way: random.Next(Ways.Length), IsAdapted: random.Next(3) == 0, Delay: random.Next(30))).ToArray();

        var found = await Task.WhenAll(requests.Select(async request =>
        {
            await Task.Delay(request.Delay);
            return await Background(() => Written(request.IsAdapted ? adapted : model, request.Input, request.Way));
        }));
        foreach (var (request, written) in requests.Zip(found))
            Assert.Equal(Written(request.IsAdapted ? bareAdapted : bare, request.Input, request.Way), written);
        Assert.True(scheduler.Status.KeptHits > 0);
    }

    [Fact]
    public async Task A_short_request_is_done_before_a_long_one_is_read()
    {
        using var scheduler = new Scheduler();
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        var random = new Random(1);
        using var begun = new ManualResetEventSlim();
        var (read, wasRead) = (0.0, double.NaN);
        var longer = Background(() => model.Generate([Ids(random, 30_000)], Ways[0], progress: new Heard(progress =>
        {
            if (progress.Phase == "waiting") return;
            Volatile.Write(ref read, progress.Phase == "reading" ? progress.Done / progress.Total : 1);
            begun.Set();
        })));
        begun.Wait();
        await Background(() => model.Generate([Ids(random, 200)], Ways[0],
            progress: new Heard(_ => wasRead = Volatile.Read(ref read))));
        Assert.InRange(wasRead, 0, 0.9);
        await longer;
        Assert.Equal(1, read);
    }

    [Fact]
    public async Task Reading_goes_on_while_a_step_is_made()
    {
        using var scheduler = new Scheduler();
        using var model = LongT5Model.Load(TinyModel.Folder, threads: 2, scheduler: scheduler);
        var (heard, isBeside) = (0, (bool?)null);
        using var begun = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var longOne = Background(() => model.Generate([Ids(new(1), 200_000)], Ways[0], progress: new Heard(progress =>
        {
            if (progress.Phase != "reading")
                return;
            Interlocked.Increment(ref heard);
            begun.Set();
        }), cancellation: stop.Token));
        begun.Wait(TestContext.Current.CancellationToken);
        model.Generate([[5, 1]], Ways[0], _ =>
        {
            var before = Volatile.Read(ref heard);
            isBeside ??= SpinWait.SpinUntil(() => Volatile.Read(ref heard) > before + 2, TimeSpan.FromMinutes(1));
        }, cancellation: TestContext.Current.CancellationToken);
        stop.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => longOne);
        Assert.True(isBeside);
    }

    [Fact]
    public async Task A_model_of_one_thread_is_never_computed_by_two()
    {
        using var scheduler = new Scheduler();
        using var model = LongT5Model.Load(TinyModel.Folder, threads: 1, scheduler: scheduler);
        var (inside, most) = (0, 1);
        var progress = new Heard(told =>
        {
            if (told.Phase == "reading")
                Visit();
        });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(seed => Background(() =>
            model.Generate([Ids(new(seed), 3000)], Ways[0], _ => Visit(), progress))));
        Assert.Equal(1, most);

        void Visit()
        {
            if (Interlocked.Increment(ref inside) > 1)
                most = 2;
            Thread.SpinWait(20_000);
            Interlocked.Decrement(ref inside);
        }
    }

    [Fact]
    public void A_document_is_read_once_whatever_is_asked_of_it_and_by_each_model_for_itself()
    {
        using var scheduler = new Scheduler();
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        using var adapted = model.WithAdapter(
            RandomAdapter.Write(Path.Combine(_folder, "lora"), model.Config, "lora", 1));
        var input = Ids(new(3), 500);
        foreach (var way in Ways)
            model.Generate([input], way);
        Assert.Equal((Ways.Length - 1, 1), (scheduler.Status.KeptHits, scheduler.Status.KeptDocuments));
        Assert.Equal(500 * model.Config.DModel * sizeof(float), scheduler.Status.KeptBytes);
        adapted.Generate([input], Ways[0]);
        Assert.Equal((Ways.Length - 1, 2), (scheduler.Status.KeptHits, scheduler.Status.KeptDocuments));
    }

    [Fact]
    public async Task What_is_read_already_by_another_request_is_not_read_twice()
    {
        using var scheduler = new Scheduler();
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        var input = Ids(new(3), 5000);
        var written = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => Background(() => Written(model, input, 0))));
        Assert.All(written, one => Assert.Equal(written[0], one));
        Assert.Equal(4, scheduler.Status.KeptHits);
    }

    [Fact]
    public void The_documents_used_last_are_kept_within_their_bytes()
    {
        using var scheduler = new Scheduler(new() { KeptBytes = 1000 * 32 * sizeof(float) });
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        var random = new Random(4);
        int[] first = Ids(random, 400), second = Ids(random, 400), third = Ids(random, 400);
        foreach (var input in new[] { first, second, first, third, first, second, Ids(random, 1001) })
            model.Generate([input], Ways[0]);
        Assert.Equal((2, 2), (scheduler.Status.KeptHits, scheduler.Status.KeptDocuments));
    }

    [Fact]
    public async Task Who_has_no_room_waits_with_a_place_and_who_finds_the_line_full_is_told_when_to_come()
    {
        using var scheduler = new Scheduler(new() { MaxSequences = 1, MaxWaiting = 2 });
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        using ManualResetEventSlim begun = new(), goOn = new();
        var running = Background(() => model.Generate([[5, 1]], Ways[0], _ =>
        {
            begun.Set();
            goOn.Wait();
        }));
        begun.Wait();
        var places = new List<double>[] { [], [] };
        Task[] waiting =
        [
            .. places.Select((mine, i) => Background(() => model.Generate([Ids(new(i), 40 + 400 * i)], Ways[0],
                progress: new Heard(progress =>
                {
                    if (progress.Phase == "waiting") mine.Add(progress.Total);
                }))))
        ];
        while (scheduler.Status.Waiting < 2)
            await Task.Yield();
        var refused = Assert.Throws<OverloadedException>(() => model.Generate([[6, 1]], Ways[0]));
        Assert.InRange(refused.RetryAfter.TotalSeconds, 1, 600);
        goOn.Set();
        await Task.WhenAll([running, .. waiting]);
        Assert.Equal([1, 0], places[0]);
        Assert.Equal([2, 1, 0], places[1]);
        Assert.Equal((0, 0L), (scheduler.Status.Waiting, scheduler.Status.Bytes));
    }

    [Fact]
    public async Task Memory_is_never_promised_twice_and_kept_documents_give_way()
    {
        using var sizes = LongT5Model.Load(TinyModel.Folder);
        var bytes = sizes.Engine.Estimate(2000, 1, 24).Bytes;
        using var scheduler = new Scheduler(new() { MaxMemory = bytes + bytes / 2, KeptBytes = bytes });
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        var random = new Random(5);
        var most = 0L;
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Ids(random, 2000)).Select(ids => Background(() =>
            model.Generate([ids], Ways[0], _ => most = Math.Max(most, scheduler.Status.Bytes)))));
        Assert.Equal(bytes, most);
        Assert.Throws<InsufficientMemoryException>(() => model.Generate([Ids(random, 200_000)], Ways[0]));
    }

    [Theory]
    [InlineData("waiting"), InlineData("reading"), InlineData("writing")]
    public async Task A_request_that_is_given_up_stops_wherever_it_is_and_leaves_nothing(string phase)
    {
        using var scheduler = new Scheduler(new() { MaxSequences = 2, KeptBytes = 0 });
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        model.Generate([Ids(new(1), 30)], Ways[0]);
        Scratch.Clear();
        var before = NativeBuffer.BytesHeld;
        using var stop = new CancellationTokenSource();
        using ManualResetEventSlim blocked = new(), goOn = new();
        var other = phase != "waiting" ? Task.CompletedTask : Background(() => model.Generate([[5, 1]], Ways[1] with
        {
            NumBeams = 2,
        }, _ =>
        {
            blocked.Set();
            goOn.Wait();
        }));
        if (phase == "waiting")
            blocked.Wait();
        var given = Background(() => model.Generate([Ids(new(2), 9000)], Ways[0], progress: new Heard(progress =>
        {
            if (progress.Phase == phase) stop.Cancel();
        }), cancellation: stop.Token));
        while (phase == "waiting" && scheduler.Status.Waiting == 0)
            await Task.Yield();
        if (phase == "waiting")
            await stop.CancelAsync();
        goOn.Set();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        await other;
        while (scheduler.Status is not { Bytes: 0, Reading: 0, Writing: 0, Waiting: 0 })
            await Task.Yield();
        Scratch.Clear();
        Assert.Equal(before, NativeBuffer.BytesHeld);
    }

    [Fact]
    public async Task What_fails_one_request_fails_no_other()
    {
        using var scheduler = new Scheduler();
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        using var bare = LongT5Model.Load(TinyModel.Folder);
        int[] input = Ids(new(1), 300), other = Ids(new(2), 300);
        var bad = Background(
            () => model.Generate([other], Ways[0], _ => throw new InvalidDataException("heard wrong")));
        var wrong = Background(() => model.Generate([other], new() { SuppressTokens = [100_000] }));
        var sound = Background(() => Written(model, input, 1));
        Assert.Equal("heard wrong", (await Assert.ThrowsAsync<InvalidDataException>(() => bad)).Message);
        await Assert.ThrowsAsync<ArgumentException>(() => wrong);
        Assert.Equal(Written(bare, input, 1), await sound);
    }

    [Fact]
    public async Task Its_end_ends_all_requests()
    {
        var scheduler = new Scheduler(new() { MaxSequences = 1 });
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        using var begun = new ManualResetEventSlim();
        var running = Background(() => model.Generate([Ids(new(1), 30_000)], Ways[0], progress: new Heard(_ =>
            begun.Set())));
        begun.Wait();
        var waiting = Background(() => model.Generate([[5, 1]], Ways[0]));
        while (scheduler.Status.Waiting == 0)
            await Task.Yield();
        scheduler.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => running);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        Assert.Throws<ObjectDisposedException>(() => model.Generate([[5, 1]], Ways[0]));
        scheduler.Dispose();
    }

    [Fact]
    public void Texts_states_and_several_inputs_come_as_without_it()
    {
        using var scheduler = new Scheduler();
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        using var bare = LongT5Model.Load(TinyModel.Folder);
        using var adapted = model.WithAdapter(
            RandomAdapter.Write(Path.Combine(_folder, "ia3"), model.Config, "ia3", 1));
        using var bareAdapted = bare.WithAdapter(Path.Combine(_folder, "ia3"));
        static (LongT5Model, string)[] Texts(LongT5Model one, LongT5Model other)
            => [(one, "the art of war"), (other, "the art of war"), (one, "a matter of life and death")];
        Assert.Equal(LongT5Model.GenerateAll(Texts(bare, bareAdapted)).Select(all => all[0].Text),
            LongT5Model.GenerateAll(Texts(model, adapted)).Select(all => all[0].Text));
        using var states = model.Encode([5, 9, 4, 1]);
        using var expected = bare.Encode([5, 9, 4, 1]);
        Assert.Equal(expected.States, states.States);
        var options = new SummaryOptions { Evidence = EvidenceMode.Causal };
        var text = string.Join(' ', Enumerable.Repeat("the art of war is a matter of life and death.", 9));
        Assert.Equal(new Summarizer(bare).Summarize(text, options).Text,
            new Summarizer(model).Summarize(text, options).Text);
    }

    [Fact]
    public void Many_requests_leave_no_memory_behind()
    {
        using var scheduler = new Scheduler(new() { KeptBytes = 1 << 20 });
        using var model = LongT5Model.Load(TinyModel.Folder, scheduler: scheduler);
        var random = new Random(6);
        var held = 0L;
        for (var round = 0; round < 4; round++)
        {
            Parallel.For(0, 60, new ParallelOptions { MaxDegreeOfParallelism = 8 },
                i => model.Generate([Ids(new(100 * round + i), 5 + 20 * (i % 9))], Ways[i % Ways.Length]));
            Scratch.Clear();
            if (round == 1)
                held = NativeBuffer.BytesHeld - scheduler.Status.KeptBytes;
        }
        Assert.Equal(held, NativeBuffer.BytesHeld - scheduler.Status.KeptBytes);
    }

    private static Task<T> Background<T>(Func<T> work) => Task.Factory.StartNew(
        work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static string Written(LongT5Model model, int[] input, int way)
    {
        var streamed = new List<int>();
        var all = model.Generate([input], Ways[way], step => streamed.AddRange(step.Final));
        return string.Join('|', all.Select(one => $"{one.Score:R} {one.End} {string.Join(' ', one.Ids)}"))
            + $" streamed {string.Join(' ', streamed)}";
    }

    private static int[] Ids(Random random, int count) => [.. Enumerable.Range(1, count - 1)
        .Select(_ => random.Next(2, 40)), 1];

    private sealed class Heard(Action<GenerationProgress> hear) : IProgress<GenerationProgress>
    {
        public void Report(GenerationProgress value) => hear(value);
    }
}
