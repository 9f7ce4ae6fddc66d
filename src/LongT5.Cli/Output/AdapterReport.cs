using System.Globalization;
using System.Text.Json;
using LongT5.Formats;

namespace LongT5.Cli.Output;

/// <summary>What <c>inspect</c> says of an adapter, in lines for people or as one JSON object.</summary>
/// <param name="adapter">The adapter.</param>
/// <param name="listsTensors">Whether every tensor is named.</param>
sealed class AdapterReport(Adapter adapter, bool listsTensors)
{
    private readonly (LongT5Config Config, ModelHead Head) _with = adapter.Over(new(), ModelHead.Embedding);

    private long Numbers => adapter.Tensors.Values.Sum(tensor => tensor.Count);

    private string HeadName => _with.Head.NameOf(_with.Config.Problem);

    private IReadOnlyList<string>? Labels => _with.Head.WritesText() ? null : _with.Config.Labels;

    public void WriteLines(TextWriter output)
    {
        void Line(string name, string value) => output.WriteLine($"{name + ":",-20}{value}");

        Line("adapter", adapter.Path);
        Line("kind", Kind);
        Line("trained on", adapter.Config.BaseModel ?? "nothing is said");
        Line("parameters", string.Create(CultureInfo.InvariantCulture,
            $"{Numbers:N0} in {adapter.Tensors.Count} tensors"));
        Line("head", Labels is null ? "that of the model" : $"{HeadName} of its own: {string.Join(", ", Labels)}");
        if (listsTensors)
            foreach (var tensor in adapter.Tensors.Values)
                output.WriteLine($"{tensor.Name}  {tensor.Type.ToString().ToLowerInvariant()}  "
                    + $"[{string.Join(", ", tensor.Shape)}]");
    }

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteString("adapter", adapter.Path);
        writer.WriteString("kind", Kind);
        writer.WriteString("base", adapter.Config.BaseModel);
        writer.WriteNumber("parameters", Numbers);
        writer.WriteNumber("tensor_count", adapter.Tensors.Count);
        writer.WriteString("head", Labels is null ? null : HeadName);
        if (Labels is not null) writer.WriteStrings("labels", Labels);
        if (listsTensors) writer.WriteStrings("tensors", adapter.Tensors.Keys);
    }

    private string Kind => adapter.Config switch
    {
        { Kind: AdapterKind.Lora, HasMagnitudes: true } => "DoRA",
        { Kind: AdapterKind.Lora, IsRankStabilized: true } => "rsLoRA",
        { Kind: AdapterKind.Lora } => "LoRA",
        { Kind: AdapterKind.Ia3 } => "IA3",
        _ => "bottleneck",
    };
}
