using System.Diagnostics;
using LongT5.Formats;
using LongT5.Generation;
using LongT5.Kernels;
using LongT5.Machine;
using LongT5.Model;
using LongT5.Text;

namespace LongT5.Compare;

/// <summary>Our side of a job: the process that is measured.</summary>
static class OurJob
{
    /// <summary>Most tokens of a document that is read for its text.</summary>
    private const int TextTokens = 4096;

    public static Measured Run(Job job, string folder, string? texts, int threads)
    {
        using var workers = new Workers(threads);
        using var checkpoint = Checkpoint.Open(folder);
        using var network = Network.Load(checkpoint, workers, new EngineOptions
        {
            CrossType = job.Type == "f32"
            ? ElementType.F32 : ElementType.BF16
        });
        var inputs = job.ReadsText ? Texts(texts!, checkpoint) : [.. job.Lengths.Select(Tokens)];
        var measured = new Measured();
        foreach (var together in job.Batched ? [inputs] : inputs.Select(input => new[] { input }))
            measured = Add(measured, job, network, together);
        return measured with
        {
            ProcessS = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalSeconds,
            PeakMib = MachineMemory.PeakOfProcess / 1048576.0,
        };
    }

    private static Measured Add(Measured sum, Job job, Network network, int[][] inputs)
    {
        var clock = Stopwatch.StartNew();
        var encoded = network.EncodeBatch(inputs);
        var encoding = clock.Elapsed.TotalSeconds;
        double[] states = [.. new[] { 0, inputs[0].Length / 2, inputs[0].Length - 1 }.SelectMany(token => encoded[0]
            .State(token)[..8].ToArray()).Select(value => (double)value)];
        sum = sum with
        {
            EncodeS = sum.EncodeS + encoding,
            EncodeOperations = sum.EncodeOperations + inputs.Sum(ids => ModelWork.Encode(network.Config, ids.Length)),
            States = sum.States.Length > 0 ? sum.States : states,
        };
        if (job.New == 0)
        {
            Release();
            return sum;
        }
        clock.Restart();
        using var session = network.StartDecoding(encoded);
        Release();
        var starting = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var written = Generator.Run(session, inputs, Options(job));
        var stepping = clock.Elapsed.TotalSeconds;
        var steps = written.Max(one => one.Steps);
        return sum with
        {
            DecodeS = sum.DecodeS + starting + stepping,
            StepsS = sum.StepsS + stepping,
            Steps = sum.Steps + steps,
            StepBytes = sum.StepBytes + steps * network.StepBytes(inputs.Sum(ids => (long)ids.Length),
                written.Sum(one => one.NewTokens / 2.0)),
            Tokens = [.. sum.Tokens, .. written.SelectMany(one => one.Ids)],
        };

        void Release()
        {
            foreach (var input in encoded)
                input.Dispose();
        }
    }

    /// <summary>As the reference takes them; a model that quotes ends where it wants to.</summary>
    private static GenerationOptions Options(Job job) => new()
    {
        NumBeams = job.Beams,
        MaxNewTokens = job.New,
        MinNewTokens = job.ReadsText ? null : job.New,
        PromptLookupNumTokens = job.Drafts == 0 ? null : job.Drafts,
        DecoderStartTokenId = 0,
        EosTokenId = [1],
        PadTokenId = 0,
    };

    private static int[][] Texts(string texts, Checkpoint checkpoint)
    {
        var tokenizer = Tokenizer.Load(checkpoint.SentencePiecePath
            ?? throw new FileNotFoundException($"{checkpoint.Path} has no spiece.model."));
        return [.. Document.Read(texts).Take(8).Select(document => tokenizer.Encode($"summarize: {document.Text}"))
            .Select(ids => ids.Length <= TextTokens ? ids : [.. ids.AsSpan(0, TextTokens - 1), 1])];
    }

    /// <summary>
    /// Ids that both programs make alike: a linear congruence over the ordinary pieces, then the end token.
    /// </summary>
    private static int[] Tokens(int length)
    {
        var ids = new int[length];
        var state = 12345u;
        for (var i = 0; i < length; i++)
        {
            state = state * 1664525 + 1013904223;
            ids[i] = 5 + (int)((state >> 8) % 31000);
        }
        ids[^1] = 1;
        return ids;
    }
}
