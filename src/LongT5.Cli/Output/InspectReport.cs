using System.Globalization;
using System.Text.Json;
using LongT5.Formats;
using LongT5.Tasks;
using LongT5.Text;

namespace LongT5.Cli.Output;

/// <summary>What <c>inspect</c> says, in lines for people or as one JSON object.</summary>
/// <param name="checkpoint">The checkpoint.</param>
/// <param name="warnings">What is odd about it.</param>
/// <param name="problems">What reading every byte found; null where that was not asked for.</param>
/// <param name="listsTensors">Whether every tensor is named.</param>
sealed class InspectReport(
    Checkpoint checkpoint, IReadOnlyList<string> warnings, IReadOnlyList<string>? problems, bool listsTensors)
{
    private readonly CheckpointFacts _facts = CheckpointFacts.Of(checkpoint);
    private readonly Tokenizer? _tokenizer
        = checkpoint.VocabularyPath is { } path ? Tokenizer.Load(path) : null;

    private readonly TrainedLength? _trained = TrainedLength.Of(checkpoint);

    private readonly IReadOnlyList<KeyValuePair<string, JsonElement>> _generation = GenerationDefaults.Of(
        checkpoint).Said;

    private string HeadName => checkpoint.Head.NameOf(checkpoint.Config.Problem);

    public void WriteLines(TextWriter output)
    {
        void Line(string name, string value) => output.WriteLine($"{name + ":",-20}{value}");

        Line("checkpoint", checkpoint.Path);
        Line("layout", $"{_facts.Layout}; {_facts.Tensors} tensors, {Number(_facts.Bytes)} bytes, "
            + $"{Share(_facts.MappedBytes, _facts.Bytes)} of them mapped");
        Line("parameters", $"{Number(_facts.Parameters)}: "
            + List(_facts.ParametersByPart.Select(part => $"{part.Key} {Number(part.Value)}")));
        Line("types",
            List(_facts.ParametersByType.Select(type => $"{Name(type.Key)} {Share(type.Value, _facts.Parameters)}")));
        Line("shape", Shape(checkpoint.Config));
        Line("encoder sees", Attention(checkpoint.Config));
        Line("feed-forward", $"{(checkpoint.Config.IsGatedAct ? "gated " : "")}{checkpoint.Config.DenseActFn}, "
            + $"{checkpoint.Config.DFf} wide");
        if (checkpoint.Config.Extensions != ModelExtensions.None)
            Line("extensions", List(Extensions(checkpoint.Config.Extensions)));
        Line("head", checkpoint.Head switch
        {
            ModelHead.None => "none: states are the result",
            ModelHead.Spans => $"{HeadName}: where an answer begins and ends",
            ModelHead.Sequence or ModelHead.Tokens => $"{HeadName}: {List(checkpoint.Config.Labels)}",
            ModelHead.Vocabulary => "its own matrix",
            _ => checkpoint.ScalesDecoderOutput ? "the embedding, scaled" : "the embedding, not scaled",
        });
        Line("decoder", checkpoint.IsEncoderOnly ? "none" : $"{checkpoint.Config.NumDecoderLayers} layers");
        Line("generation", List(_generation.Select(option => $"{option.Key} {option.Value.GetRawText()}")));
        Line("trained to read", _trained is { } trained
            ? $"{Number(trained.Tokens)} tokens, by {trained.Source}" : "nothing is said");
        Line("vocabulary", Vocabulary());
        foreach (var warning in Warnings)
            Line("warning", warning);
        if (problems is not null)
            Line("verified", problems.Count == 0 ? "every byte read, nothing is wrong" : $"{problems.Count} problems");
        foreach (var problem in problems ?? [])
            Line("problem", problem);
        if (listsTensors)
            foreach (var tensor in checkpoint.Tensors.Values)
                output.WriteLine($"{tensor.Name}  {Name(tensor.Type)}  [{string.Join(", ", tensor.Shape)}]");
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteString("checkpoint", checkpoint.Path);
        writer.WriteString("layout", _facts.Layout);
        writer.WriteNumber("tensor_count", _facts.Tensors);
        writer.WriteNumber("parameters", _facts.Parameters);
        writer.WriteNumber("bytes", _facts.Bytes);
        writer.WriteNumber("mapped_bytes", _facts.MappedBytes);
        WriteCounts(writer, "parameters_by_part", _facts.ParametersByPart);
        WriteCounts(writer, "parameters_by_type",
            _facts.ParametersByType.Select(type => KeyValuePair.Create(Name(type.Key), type.Value)));
        writer.WriteString("head", HeadName);
        if (checkpoint.Head.GivesLabels()) writer.WriteStrings("labels", checkpoint.Config.Labels);
        writer.WriteBoolean("own_head", checkpoint.HasOwnHead);
        writer.WriteBoolean("encoder_only", checkpoint.IsEncoderOnly);
        writer.WritePropertyName("config");
        checkpoint.ConfigFields.WriteTo(writer);
        writer.WriteStartObject("generation");
        foreach (var (name, value) in _generation)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
        if (_trained is { } trained)
        {
            writer.WriteStartObject("trained_to_read");
            writer.WriteNumber("tokens", trained.Tokens);
            writer.WriteString("source", trained.Source);
            writer.WriteEndObject();
        }
        writer.WriteString("vocabulary", Vocabulary());
        writer.WriteStrings("warnings", [.. Warnings]);
        if (problems is not null)
            writer.WriteStrings("problems", problems);
        if (!listsTensors)
            return;
        writer.WriteStartArray("tensors");
        foreach (var tensor in checkpoint.Tensors.Values)
        {
            writer.WriteStartObject();
            writer.WriteString("name", tensor.Name);
            writer.WriteString("type", Name(tensor.Type));
            writer.WriteStartArray("shape");
            foreach (var extent in tensor.Shape)
                writer.WriteNumberValue(extent);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private IEnumerable<string> Warnings => [.. warnings, .. _tokenizer?.Warnings ?? []];

    private string Vocabulary()
    {
        if (_tokenizer is null)
            return "none: it takes token ids but no text";
        return $"{Path.GetFileName(checkpoint.VocabularyPath)}, "
            + $"{Number(_tokenizer.VocabularySize)} pieces for {Number(checkpoint.Config.VocabSize)} rows";
    }

    private static string Shape(LongT5Config config)
        => $"{config.NumLayers} encoder and {config.NumDecoderLayers} decoder layers, {config.DModel} wide, "
            + $"{config.NumHeads} heads of {config.DKv}, {Number(config.VocabSize)} rows";

    private static IEnumerable<string> Extensions(ModelExtensions extensions)
    {
        if (extensions.Convolution is { } convolution)
            yield return $"convolutions over {convolution.Kernel} tokens in the first "
                + $"{convolution.Layers} encoder layers";
        if (extensions.PoolingStride > 1)
            yield return $"{extensions.PoolingStride} states pooled into one";
        if (extensions.IsReversible)
            yield return "reversible layers";
        if (extensions.EmbeddingRank is { } rank)
            yield return $"an embedding of rank {rank}";
        if (extensions.LowRank.Count > 0)
            yield return $"{extensions.LowRank.Count} matrices of low rank";
        if (extensions.Kernelized is { } kernelized)
            yield return kernelized.Features is { } features
                ? $"far tokens through {features} random features" : "far tokens through elu + 1";
    }

    private static string Attention(LongT5Config config)
        => config.AttentionRadius == int.MaxValue ? "every token (full attention)"
            : config.HasGlobalTokens
                ? $"{config.LocalRadius} tokens to each side and one summary of every {config.GlobalBlockSize} "
                    + $"(transient-global)"
            : $"{config.LocalRadius} tokens to each side (local)";

    private static void WriteCounts(Utf8JsonWriter writer, string name, IEnumerable<KeyValuePair<string, long>> counts)
    {
        writer.WriteStartObject(name);
        foreach (var (key, count) in counts)
            writer.WriteNumber(key, count);
        writer.WriteEndObject();
    }

    private static string Name<T>(T value) where T : Enum => value.ToString().ToLowerInvariant();

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string List(IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } list
        ? list : "nothing is said";

    private static string Share(long part, long whole)
        => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / Math.Max(1, whole):0}%");
}
