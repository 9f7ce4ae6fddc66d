using System.Buffers;
using System.Collections;
using System.Text.Json;
using LongT5.Generation;
using LongT5.Tasks;
using Microsoft.Extensions.AI;

namespace LongT5.Extensions.AI;

/// <summary>What <see cref="ChatOptions"/> come to; what cannot be honoured is an error that names it.</summary>
static class RequestedOptions
{
    /// <summary>The options of a request over those of the client.</summary>
    /// <param name="asked">The request's.</param>
    /// <param name="client">The client, which a factory of options is given.</param>
    /// <param name="defaults">The client's.</param>
    /// <exception cref="NotSupportedException">An option cannot be honoured.</exception>
    /// <exception cref="ArgumentException">An additional property is no generation option, or not of its
    /// type.</exception>
    public static SummaryOptions Read(ChatOptions? asked, IChatClient client, SummaryOptions defaults)
    {
        if (asked is null) return defaults;
        Refuse(asked);
        var own = asked.RawRepresentationFactory?.Invoke(client);
        if (own is not (null or SummaryOptions))
            throw Refused(nameof(ChatOptions.RawRepresentationFactory),
                $"it gives {own.GetType().Name}, and SummaryOptions are taken");
        var below = own as SummaryOptions ?? defaults;
        var said = More(asked.AdditionalProperties);
        var generation = (said with
        {
            MaxNewTokens = asked.MaxOutputTokens ?? said.MaxNewTokens,
            TopK = asked.TopK ?? said.TopK,
            StopStrings = asked.StopSequences is { Count: > 0 } stops ? [.. stops] : said.StopStrings,
        }).Sampled(asked.Temperature, asked.TopP, asked.Seed);
        if (generation.MaxNewTokens is not null) below = below with { Length = null };
        generation = generation.Over(below.Generation);
        return generation.NumReturnSequences is > 1
            ? throw Refused("num_return_sequences", "one text is written") : below with { Generation = generation };
    }

    private static void Refuse(ChatOptions options)
    {
        const string NothingIsCalled = "nothing is called here", NotKept = "answers are not kept";
        Refuse(nameof(options.Tools), options.Tools is { Count: > 0 }, NothingIsCalled);
        Refuse(nameof(options.ToolMode), options.ToolMode is RequiredChatToolMode, NothingIsCalled);
        Refuse(nameof(options.ResponseFormat), options.ResponseFormat is not (null or ChatResponseFormatText),
            "the answer is a text");
        Refuse(nameof(options.ConversationId), options.ConversationId is not null, NotKept);
        Refuse(nameof(options.FrequencyPenalty), options.FrequencyPenalty is not (null or 0),
            "there are repetition_penalty and no_repeat_ngram_size, as additional properties");
        Refuse(nameof(options.PresencePenalty), options.PresencePenalty is not (null or 0),
            "there are repetition_penalty and no_repeat_ngram_size, as additional properties");
        Refuse(nameof(options.Reasoning), options.Reasoning is { Effort: not (null or ReasoningEffort.None) },
            "the model does not reason");
#pragma warning disable MEAI001 // new in Microsoft.Extensions.AI: what is refused here may change its name there
        Refuse(nameof(options.AllowBackgroundResponses), options.AllowBackgroundResponses == true, NotKept);
        Refuse(nameof(options.ContinuationToken), options.ContinuationToken is not null, NotKept);
#pragma warning restore MEAI001

        static void Refuse(string name, bool isAsked, string reason)
        {
            if (isAsked) throw Refused(name, reason);
        }
    }

    private static NotSupportedException Refused(string name, string reason)
        => new($"{name} cannot be honoured: {reason}; leave it out.");

    /// <summary>Generation options by Hugging Face's names.</summary>
    private static GenerationOptions More(AdditionalPropertiesDictionary? properties)
    {
        if (properties is not { Count: > 0 }) return new();
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in properties)
            {
                writer.WritePropertyName(name);
                Write(writer, name, value);
            }
            writer.WriteEndObject();
        }
        using var document = JsonDocument.Parse(json.WrittenMemory);
        return GenerationOptions.FromJson(document.RootElement);
    }

    private static void Write(Utf8JsonWriter writer, string name, object? value)
    {
        switch (value)
        {
            case null: writer.WriteNullValue(); break;
            case JsonElement element: element.WriteTo(writer); break;
            case bool truth: writer.WriteBooleanValue(truth); break;
            case int whole: writer.WriteNumberValue(whole); break;
            case long whole: writer.WriteNumberValue(whole); break;
            case float number: writer.WriteNumberValue(number); break;
            case double number: writer.WriteNumberValue(number); break;
            case string text: writer.WriteStringValue(text); break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (var one in list)
                    Write(writer, name, one);
                writer.WriteEndArray();
                break;
            default: throw Refused(name, $"a {value.GetType().Name} is no value of a generation option");
        }
    }
}
