// Shapes: L tokens read, C model width, n tokens forced, V vocabulary.

using System.Text;
using LongT5.Evaluation;
using LongT5.Formats;
using LongT5.Kernels;
using LongT5.Model;
using LongT5.Tasks;

namespace LongT5.Compare;

/// <summary>One model with weights of several types, side by side on the same texts.</summary>
/// <param name="folder">The checkpoint.</param>
/// <param name="types">What is held against f32.</param>
/// <param name="threads">Threads that compute.</param>
sealed class Accuracy(string folder, string[] types, int threads)
{
    /// <summary>Most tokens that are forced after one input.</summary>
    private const int MostForced = 256;

    /// <summary>Squares of a stage's values and of their differences from f32.</summary>
    private sealed class Error
    {
        private double _difference, _value;

        public void Add(ReadOnlySpan<float> values, ReadOnlySpan<float> exact)
        {
            for (var i = 0; i < values.Length; i++)
            {
                _difference += ((double)values[i] - exact[i]) * ((double)values[i] - exact[i]);
                _value += (double)exact[i] * exact[i];
            }
        }

        /// <summary>The root of the mean square of the differences, over that of the values.</summary>
        public double Relative => _value == 0 ? 0 : Math.Sqrt(_difference / _value);
    }

    private sealed class Found
    {
        public int Steps;
        public int Agreed;
        public float LargestDifference;
        public float LargestLogit;
        public SortedDictionary<int, Error> Encoder { get; } = [];
        public SortedDictionary<int, Error> Decoder { get; } = [];
    }

    /// <summary>The tables.</summary>
    public string Markdown(IReadOnlyList<Document> documents, int steps, int mostInput, int rougeDocuments)
    {
        var found = types.ToDictionary(type => type, _ => new Found());
        Force(documents, steps, mostInput, found);
        var layers = found[types[0]];

        var text = new StringBuilder(
            $"{Path.GetFileName(Path.TrimEndingDirectorySeparator(folder))}, {layers.Steps} forced steps:\n\n");
        text.Append(
            "| weights | same best token | largest difference of a logit, over the largest logit |\n|---|---|---|\n");
        foreach (var (type, one) in found)
            text.Append($"| {type} | {(double)one.Agreed / one.Steps:0.00%} | "
                + $"{one.LargestDifference / one.LargestLogit:0.0e+0} |\n");
        text.Append($"\n| relative error after "
            + $"|{string.Concat(types.Select(type =>
                $" {type} |"))}\n|---|{string.Concat(types.Select(_ => "---|"))}\n");
        foreach (var layer in layers.Encoder.Keys)
            text.Append(
                $"| {(layer == 0 ? "embeddings" : layer == layers.Encoder.Count - 1 ? $"encoder layer {layer} and the norm" : $"encoder layer {layer}")} |{string.Concat(found.Values.Select(one => $" {one.Encoder[layer].Relative:0.0e+0} |"))}\n");
        foreach (var layer in layers.Decoder.Keys)
            text.Append($"| decoder layer {layer}, norm and head "
                + $"|{string.Concat(found.Values.Select(one => $" {one.Decoder[layer].Relative:0.0e+0} |"))}\n");
        if (rougeDocuments > 0)
            text.Append(
                $"\n{RougeTable([.. documents.Where(document => document.Summary is not null).Take(rougeDocuments)])}");
        return text.ToString();
    }

    private static EngineOptions Engine(string type) => new()
    {
        WeightType = Checkpoints.ElementTypeOf(type),
        CrossType = type == "f32" ? ElementType.F32 : ElementType.BF16,
    };

    /// <summary>
    /// Decoders are also run cut off after a layer (each, or each quarter of many), so that
    /// what the head makes of it can be compared.
    /// </summary>
    private void Force(IReadOnlyList<Document> documents, int steps, int mostInput, Dictionary<string, Found> found)
    {
        using var workers = new Workers(threads);
        using var checkpoint = Checkpoint.Open(folder);
        var tokenizer = Text.Tokenizer.Load(checkpoint.VocabularyPath
            ?? throw new FileNotFoundException($"{folder} has no vocabulary."));
        var depth = checkpoint.Config.NumDecoderLayers;
        Network[] Cut(string type)
            => [.. Enumerable.Range(1, depth).Where(layers => (depth - layers) % Math.Max(1, depth / 4) == 0)
                .Select(layers
            => Network.Load(checkpoint.Config with { NumDecoderLayers = layers }, checkpoint.Tensors, workers,
                Engine(type)))];
        var exact = Cut("f32");
        var small = types.ToDictionary(type => type, Cut);

        var done = 0;
        foreach (var document in documents)
        {
            if (done >= steps) break;
            var ids = tokenizer.Encode($"summarize: {document.Text}");
            if (ids.Length > mostInput) ids = [.. ids.AsSpan(0, mostInput - 1), 1];
            var forced = tokenizer.Encode(document.Summary ?? document.Text);
            forced = [.. forced.AsSpan(0, Math.Min(forced.Length, Math.Min(MostForced, steps - done)))];
            var (states, logits) = Run(exact, ids, forced);
            foreach (var type in types)
                Compare(found[type], Run(small[type], ids, forced), (states, logits),
                    [.. exact.Select(network => network.Config.NumDecoderLayers)], checkpoint.Config.VocabSize);
            done += forced.Length;
            Console.Error.WriteLine($"{done} of {steps} steps");
        }
        foreach (var network in small.Values.SelectMany(networks => networks).Concat(exact))
            network.Dispose();
        if (done < steps) throw new ArgumentException($"The texts give {done} steps only; {steps} were asked for.");
    }

    /// <returns>States [L, C] between the layers of the encoder, and logits [n, V]
    /// after each layer of the decoder.</returns>
    private static (List<float[]> States, List<float[]> Logits) Run(Network[] cut, int[] ids, int[] forced)
    {
        List<float[]> states = [], logits = [];
        using var encoded = cut[^1].Encode(ids, observer: (_, values) => states.Add(values.ToArray()));
        foreach (var network in cut)
        {
            using var session = network.StartDecoding([encoded]);
            int[] fed = [network.Config.DecoderStartTokenId ?? network.Config.PadTokenId,
                .. forced.AsSpan(0, forced.Length - 1)];
            int[] parents = [-1, .. Enumerable.Range(0, fed.Length - 1)];
            var row = new float[fed.Length * network.Config.VocabSize];
            session.Extend(parents, fed, row);
            logits.Add(row);
        }
        return (states, logits);
    }

    private static void Compare(Found found, (List<float[]> States, List<float[]> Logits) run,
        (List<float[]> States, List<float[]> Logits) exact, int[] layers, int vocabulary)
    {
        for (var layer = 0; layer < run.States.Count; layer++)
            Of(found.Encoder, layer).Add(run.States[layer], exact.States[layer]);
        for (var layer = 0; layer < run.Logits.Count; layer++)
            Of(found.Decoder, layers[layer]).Add(run.Logits[layer], exact.Logits[layer]);
        var (logits, right) = (run.Logits[^1], exact.Logits[^1]);
        for (var start = 0; start < logits.Length; start += vocabulary)
        {
            ReadOnlySpan<float> mine = logits.AsSpan(start, vocabulary), theirs = right.AsSpan(start, vocabulary);
            found.Steps++;
            if (Best(mine) == Best(theirs)) found.Agreed++;
            for (var i = 0; i < vocabulary; i++)
                (found.LargestDifference, found.LargestLogit) =
                    (Math.Max(found.LargestDifference, Math.Abs(mine[i] - theirs[i])),
                        Math.Max(found.LargestLogit, Math.Abs(theirs[i])));
        }
    }

    private static Error Of(SortedDictionary<int, Error> errors, int layer) => errors.TryGetValue(layer, out var error)
        ? error : errors[layer] = new();

    private static int Best(ReadOnlySpan<float> logits) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits);

    /// <summary>Summaries as the model's own options ask for them.</summary>
    private string RougeTable(IReadOnlyList<Document> documents)
    {
        if (documents.Count == 0) throw new ArgumentException("ROUGE was asked for, but no document has a summary.");
        var rouge = new Rouge(RougeProfile.HuggingFace);
        List<IReadOnlyList<string>> references =
            [.. documents.Select(document => (IReadOnlyList<string>)[document.Summary!])];
        string[] names = ["rouge1", "rouge2", "rougeLsum"];
        string[] first = [];
        double[] scores = [];
        var text = new StringBuilder($"| weights, {documents.Count} summaries | ROUGE-1 | ROUGE-2 | ROUGE-Lsum | "
            + $"largest change | same texts |\n|---|---|---|---|---|---|\n");
        foreach (var type in types.Prepend("f32"))
        {
            using var model = LongT5Model.Load(folder, threads, Engine(type));
            var summarizer = new Summarizer(model);
            string[] written = [.. documents.Select(document => summarizer.Summarize(document.Text).Text)];
            var all = rouge.ScoreAll(references, written);
            double[] means = [.. names.Select(name => 100 * all.Average(score => score[name].F))];
            if (type == "f32") (first, scores) = (written, means);
            text.Append($"| {type} |{string.Concat(means.Select(mean => $" {mean:0.00} |"))} "
                + $"{means.Zip(scores, (a, b) => a - b).MaxBy(Math.Abs):+0.00;-0.00;0} | "
                + $"{written.Zip(first).Count(pair => pair.First == pair.Second)} |\n");
            Console.Error.WriteLine($"{type}: {documents.Count} summaries");
        }
        return text.ToString();
    }
}
