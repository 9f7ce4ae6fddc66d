using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using LongT5.Formats;

namespace LongT5.Generation;

/// <summary>One generation option: all that is known of it, whoever asks.</summary>
abstract class GenerationOption
{
    private static readonly JsonWriterOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private protected GenerationOption(string name, string about) => (Name, About) = (name, about);

    /// <summary>Hugging Face's name: <c>num_beams</c>.</summary>
    public string Name { get; }

    /// <summary>What it does, in one sentence.</summary>
    public string About { get; }

    /// <summary>How people write its value.</summary>
    public abstract OptionForm Form { get; }

    /// <summary>What its value must be.</summary>
    public abstract string Wanted { get; }

    /// <summary>What holds where nobody says anything; empty where that is nothing.</summary>
    public string Default { get; init; } = "";

    /// <summary>Whether people who generate texts use it, and not only those who compare implementations.</summary>
    public bool IsUsual { get; init; }

    /// <summary>The ways of searching that it has a meaning for, as one says "of sampling"; empty for all.</summary>
    public string ScopeName => Scope.Name;

    internal OptionScope Scope { get; init; } = OptionScope.Any;

    /// <summary>Whether options say anything of it.</summary>
    public abstract bool IsSaid(GenerationOptions options);

    /// <summary>Writes what options say of it, as a member of an object; nothing where they say nothing.</summary>
    public abstract void Write(Utf8JsonWriter writer, GenerationOptions options);

    /// <summary>What options say of it, as it stands in a sentence: <c>num_beams 4</c>.</summary>
    internal string Said(GenerationOptions options)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, OneLine))
            WriteValue(writer, options);
        return $"{Name} {Encoding.UTF8.GetString(bytes.WrittenSpan)}";
    }

    /// <summary>Options and what a member of JSON says of it.</summary>
    /// <exception cref="BadFileException">The value is not of its type.</exception>
    internal abstract GenerationOptions Read(GenerationOptions options, JsonField value);

    /// <summary>Options, but of this one what others say.</summary>
    internal abstract GenerationOptions Copy(GenerationOptions to, GenerationOptions from);

    /// <summary>What is wrong with its value in itself; null where nothing is.</summary>
    internal abstract string? Problem(GenerationOptions options);

    /// <summary>Whether options say of it something that asks for its scope.</summary>
    internal abstract bool Asks(GenerationOptions options);

    /// <summary>The token ids that options name by it.</summary>
    internal abstract IEnumerable<int> Tokens(GenerationOptions options);

    private protected abstract void WriteValue(Utf8JsonWriter writer, GenerationOptions options);
}

/// <summary>An option whose value is of one type.</summary>
/// <typeparam name="T">The type, which has a null: nothing is said.</typeparam>
sealed class GenerationOption<T>(
    string name, OptionKind<T> kind, Func<GenerationOptions, T> get, Func<GenerationOptions, T, GenerationOptions> set,
    string about)
    : GenerationOption(name, about)
{
    /// <summary>Which values there may be: in words, and as a test.</summary>
    public (string Words, Func<T, bool> Holds)? Range { get; init; }

    /// <summary>Whether a value asks for nothing, so that it fits any way of searching.</summary>
    public Func<T, bool> IsNeutral { get; init; } = _ => false;

    public override OptionForm Form => kind.Form;

    public override string Wanted
        => Range is not var (words, _) ? kind.Shape : Form == OptionForm.Number ? $"{kind.Shape}, {words}" : words;

    public override bool IsSaid(GenerationOptions options) => get(options) is not null;

    public override void Write(Utf8JsonWriter writer, GenerationOptions options)
    {
        if (!IsSaid(options))
            return;
        writer.WritePropertyName(Name);
        WriteValue(writer, options);
    }

    internal override GenerationOptions Read(GenerationOptions options, JsonField value)
        => set(options, kind.Read(new(value)));

    internal override GenerationOptions Copy(GenerationOptions to, GenerationOptions from) => set(to, get(from));

    internal override string? Problem(GenerationOptions options)
        => IsSaid(options) && Range is var (words, holds) && !holds(get(options))
            ? $"{Name} must be {words}, not {Said(options)[(Name.Length + 1)..]}."
            : null;

    internal override bool Asks(GenerationOptions options) => IsSaid(options) && !IsNeutral(get(options));

    internal override IEnumerable<int> Tokens(GenerationOptions options)
        => IsSaid(options) && kind.Tokens is { } tokens ? tokens(get(options)) : [];

    private protected override void WriteValue(Utf8JsonWriter writer, GenerationOptions options)
        => kind.Write(writer, get(options));
}
