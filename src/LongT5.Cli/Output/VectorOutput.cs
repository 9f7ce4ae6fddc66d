using System.Text;
using System.Text.Json;
using LongT5.Cli.Input;
using LongT5.Tasks;

namespace LongT5.Cli.Output;

/// <summary>Where the vectors of texts go, in their order.</summary>
abstract class VectorOutput : IDisposable
{
    /// <summary>A matrix for a file that is called .npy; JSON lines for another, and for standard output.</summary>
    /// <param name="path">The file; null for standard output.</param>
    /// <param name="force">Whether it may be replaced.</param>
    public static VectorOutput Of(string? path, bool force)
        => path is null ? new Lines(null)
            : path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? new Matrix(new(path, force), path)
            : new Lines(new(path, force));

    /// <summary>Adds a vector.</summary>
    public abstract void Add(OneText text, TextEmbedding vector);

    /// <summary>Adds a file that could not be read.</summary>
    public abstract void AddError(InputFile file, string sentence);

    /// <summary>Makes what was added appear.</summary>
    public abstract void Complete();

    /// <inheritdoc/>
    public abstract void Dispose();

    private sealed class Lines(OutputFile? file) : VectorOutput
    {
        public override void Add(OneText text, TextEmbedding vector) => Write(writer =>
        {
            writer.WriteString("file", OutputPlan.NameOf(text.File));
            if (text.Line is { } line) writer.WriteNumber("line", line);
            if (text.Id is { } id)
            {
                writer.WritePropertyName("id");
                id.WriteTo(writer);
            }
            writer.WriteNumber("tokens", vector.Tokens);
            if (vector.DroppedTokens > 0) writer.WriteNumber("tokens_dropped", vector.DroppedTokens);
            writer.WriteStartArray("embedding");
            foreach (var number in vector.Vector.Span)
                writer.WriteNumberValue(number);
            writer.WriteEndArray();
        });

        public override void AddError(InputFile file, string sentence) => Write(writer =>
        {
            writer.WriteString("file", OutputPlan.NameOf(file));
            ResultJson.WriteError(writer, sentence);
        });

        public override void Complete() => file?.Complete();

        public override void Dispose() => file?.Dispose();

        private void Write(Action<Utf8JsonWriter> members)
        {
            var line = Json.Object(members) + "\n";
            if (file is null)
                Terminal.Out.Write(line);
            else
                file.Stream.Write(Encoding.UTF8.GetBytes(line));
        }
    }

    private sealed class Matrix : VectorOutput
    {
        private readonly OutputFile _file;
        private NpyFile? _matrix;

        public Matrix(OutputFile file, string path)
        {
            _file = file;
            if (file.Stream.CanSeek) return;
            file.Dispose();
            throw Failure.Usage($"{path} is no file that can be gone back in, as a .npy must be; name another.");
        }

        public override void Add(OneText text, TextEmbedding vector)
            => (_matrix ??= new(_file.Stream, vector.Vector.Length)).Add(vector.Vector.Span);

        public override void AddError(InputFile file, string sentence)
            => throw new Failure($"{sentence} Each row is a text, so nothing was written; leave that one out, or write "
                + "a .jsonl.");

        public override void Complete()
        {
            _matrix?.End();
            _file.Complete();
        }

        public override void Dispose() => _file.Dispose();
    }
}
