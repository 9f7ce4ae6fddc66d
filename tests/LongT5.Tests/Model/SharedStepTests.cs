using CsCheck;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Model;

namespace LongT5.Tests.Model;

/// <summary>Steps of several sessions in one call.</summary>
public sealed class SharedStepTests
{
    [Fact]
    public void Sessions_that_are_fed_together_get_what_each_gets_alone_whoever_joins_and_leaves()
        => Gen.Select(RandomModel.AnyConfig, Gen.Int[1, 700].Array[1, 7], Gen.Int).Sample((config, lengths, seed) =>
        {
            using RandomModel one = new(config, ElementType.F32, seed), two = new(config, ElementType.F32, seed + 1);
            using Network first = one.Load(Workers.Shared), second = two.Load(Workers.Shared);
            var random = new Random(seed);
            var requests = lengths.Select((length, i) => new Request(random, i % 3 == 2 ? second : first, length,
                random.Next(1, 40))).ToList();
            var waiting = new Queue<Request>(requests);
            var live = new List<Request>();
            while (waiting.Count > 0 || live.Count > 0)
            {
                while (waiting.Count > 0 && (live.Count == 0 || random.Next(3) == 0))
                    live.Add(waiting.Dequeue());
                var feeds = live.Select(request => request.Next(random)).ToArray();
                Assert.All(DecoderSession.Extend(feeds), Assert.Null);
                foreach (var (request, feed) in live.Zip(feeds))
                    request.Take(feed);
                live.RemoveAll(request => request.IsThrough);
            }
            foreach (var request in requests)
            {
                Assert.Equal(request.Alone(), request.Logits);
                request.Dispose();
            }
        }, iter: 25, threads: 1);

    [Fact]
    public void What_fails_one_session_fails_no_other()
    {
        using var model = new RandomModel(new() { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 3);
        using var network = model.Load(Workers.Shared);
        using var encoded = network.Encode([3, 4, 1]);
        using EngineSession sound = network.StartDecoding([encoded]), bad = network.StartDecoding([encoded]),
            alone = network.StartDecoding([encoded]);
        float[] logits = new float[20], expected = new float[20];
        var failures = DecoderSession.Extend(
            [new(bad, new[] { -1 }, new[] { 20 }, new float[20]), new(sound, new[] { -1 }, new[] { 4 }, logits)]);
        Assert.IsType<ArgumentOutOfRangeException>(failures[0]);
        Assert.Null(failures[1]);
        Assert.Equal(0, alone.Extend([-1], [4], expected));
        Assert.Equal(expected, logits);
        Assert.Equal(0, bad.Extend([-1], [4], logits));
        Assert.Equal(1, sound.Extend([0], [5], logits));
    }

    [Fact]
    public void A_call_that_is_cancelled_leaves_every_session_as_it_was()
    {
        using var model = new RandomModel(new() { DModel = 8, DKv = 4, DFf = 8, NumHeads = 2, VocabSize = 20 },
            ElementType.F32, 3);
        using var network = model.Load(Workers.Shared);
        using var encoded = network.Encode([3, 4, 1]);
        using EngineSession one = network.StartDecoding([encoded]), other = network.StartDecoding([encoded]);
        SessionFeed[] feeds = [new(one, new[] { -1 }, new[] { 5 }, new float[20]),
            new(other, new[] { -1, 0 }, new[] { 4, 5 }, new float[20])];
        Assert.Throws<OperationCanceledException>(() => { DecoderSession.Extend(feeds, new(canceled: true)); });
        Assert.Equal(0, one.Extend([-1], [5], []));
        Assert.Equal(0, other.Extend([-1], [5], []));
    }

    /// <summary>A chain of tokens with some that are fed beside it, in calls of any size.</summary>
    private sealed class Request : IDisposable
    {
        private readonly Network _network;
        private readonly int[] _input, _tokens, _parents;
        private readonly EngineSession _session;
        private readonly List<float[]> _logits = [];
        private readonly List<int> _ends = [];
        private int _fed;

        public Request(Random random, Network network, int length, int tokens)
        {
            _network = network;
            (_input, _tokens) = (Ids(random, length), Ids(random, tokens));
            _parents = [.. Enumerable.Range(0, tokens).Select(i => i == 0 ? -1 : random.Next(3) > 0
                ? i - 1 : random.Next(i))];
            _session = Start();
        }

        public bool IsThrough => _fed == _tokens.Length;

        public float[] Logits => [.. _logits.SelectMany(row => row)];

        public SessionFeed Next(Random random)
        {
            var count = Math.Min(random.Next(1, 9), _tokens.Length - _fed);
            return new(_session, _parents.AsMemory(_fed, count), _tokens.AsMemory(_fed, count),
                new float[(_fed == 0 ? 1 : count) * _session.VocabularySize]);
        }

        public void Take(SessionFeed feed)
        {
            _ends.Add(_fed += feed.Tokens.Length);
            _logits.Add(feed.Logits.ToArray()[^_session.VocabularySize..]);
        }

        public float[] Alone()
        {
            using var session = Start();
            var all = new float[_tokens.Length * session.VocabularySize];
            session.Extend(_parents, _tokens, all);
            var rows = all.Chunk(session.VocabularySize).ToArray();
            return [.. _ends.SelectMany(end => rows[end - 1])];
        }

        public void Dispose() => _session.Dispose();

        private EngineSession Start()
        {
            using var encoded = _network.Encode(_input);
            return _network.StartDecoding([encoded]);
        }

        private int[] Ids(Random random, int count)
            => random.GetItems(Enumerable.Range(0, _network.Config.VocabSize).ToArray(), count);
    }
}
