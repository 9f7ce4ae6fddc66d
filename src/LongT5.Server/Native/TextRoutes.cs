using System.Text.Json;
using LongT5.Server.Http;
using LongT5.Server.Serving;
using LongT5.Tasks;
using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Native;

/// <summary>
/// <c>POST /api/summarize</c>, <c>/api/answer</c> and <c>/api/text</c>: documents in, all that is known out.
/// </summary>
static class TextRoutes
{
    private static readonly Dictionary<TextKind, string> Names = new()
    {
        [TextKind.Summary] = "summary",
        [TextKind.Answer] = "answer",
        [TextKind.Text] = "text",
    };

    /// <summary>The routes.</summary>
    public static IReadOnlyList<ApiRoute> Routes { get; } =
    [
        Of("/api/summarize", TextKind.Summary), Of("/api/answer", TextKind.Answer), Of("/api/text", TextKind.Text),
    ];

    private static ApiRoute Of(string pattern, TextKind kind)
        => ApiRoute.Post(pattern, ErrorShape.Problem, call => Run(call, kind), BodyKind.Documents) with
        {
            Operation = Names[kind],
        };

    private static async Task Run(Call call, TextKind kind)
    {
        var sent = await SentText.Read(call);
        var fields = sent.Fields;
        var model = await call.Server.Models.Get(fields.Text("model"));
        var streams = (fields.Flag("stream") ?? false) || call.Context.Request.GetTypedHeaders().Accept
            .Any(type => type.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase));
        var request = new TextRequest
        {
            Model = model,
            Kind = kind,
            Text = sent.Text,
            Notes = sent.Document?.Notes ?? [],
            Question = kind == TextKind.Answer ? fields.Text("question")
                ?? throw ApiError.Of("question", "there is no question; ask something.") : "",
            Stops = fields.Stops("stop"),
            Options = Options(fields, kind),
        };
        var forms = kind == TextKind.Summary ? ReportForms.Asked(fields) : [];
        fields.End();
        if (streams)
            await Stream(call, request, sent, forms);
        else
            await Reply(call, request, sent, forms);
    }

    private static SummaryOptions Options(Fields fields, TextKind kind)
    {
        var options = new SummaryOptions
        {
            Prefix = fields.Text("prefix"),
            MaxInputTokens = fields.Whole("max_input_tokens", 2, int.MaxValue),
            Generation = fields.Generation(),
        };
        return kind != TextKind.Summary ? options : options with
        {
            Length = fields.Choice("length", "short", "medium", "long") is { } length
                ? Enum.Parse<SummaryLength>(length, ignoreCase: true) : null,
            Quoting = fields.Choice("quoting", "free", "verbatim", "verbatim-in-order") switch
            {
                "free" => Quoting.Free,
                "verbatim" => Quoting.Verbatim,
                "verbatim-in-order" => Quoting.VerbatimInOrder,
                _ => null,
            },
            CutAnywhere = fields.Flag("cut_anywhere") ?? false,
            Long = fields.Choice("long", "merge", "fuse", "whole", "cut") is { } way
                ? Enum.Parse<LongInput>(way, ignoreCase: true) : null,
            Strict = fields.Flag("strict") ?? false,
            Evidence = fields.Choice("evidence", "none", "passages", "causal") switch
            {
                "none" => EvidenceMode.None,
                "causal" => EvidenceMode.Causal,
                _ => EvidenceMode.Passages,
            },
        };
    }

    private static async Task Reply(Call call, TextRequest request, SentText sent, IReadOnlyList<string> forms)
    {
        var texts = await call.Server.Texts.Run(request, call.Stop);
        await call.Reply(writer => Write(writer, call, request, sent, forms, texts));
    }

    private static async Task Stream(Call call, TextRequest request, SentText sent, IReadOnlyList<string> forms)
    {
        var events = call.Events;
        var clock = new TimeLeft(TimeProvider.System);
        IReadOnlyList<WrittenText> texts = [];
        await foreach (var happening in call.Happenings(request, done => texts = done))
        {
            if (happening is not { } now)
                await events.Ping();
            else if (now.Place is { } place)
                await events.Send("waiting", writer => WriteOne(writer, "place", place));
            else if (now.Progress is { } progress && clock.IsDue(progress))
                await events.Send("progress", writer => Write(writer, progress, clock.Of(progress)));
            else if (now.Text is { } piece)
                await events.Send("text", writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("text", piece);
                    writer.WriteEndObject();
                });
        }
        await events.Send("done", writer => Write(writer, call, request, sent, forms, texts));
    }

    private static void WriteOne(Utf8JsonWriter writer, string name, int value)
    {
        writer.WriteStartObject();
        writer.WriteNumber(name, value);
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, GenerationProgress progress, TimeSpan? left)
    {
        writer.WriteStartObject();
        if (progress.Parts > 0)
        {
            writer.WriteNumber("part", progress.Part);
            writer.WriteNumber("parts", progress.Parts);
        }
        writer.WriteString("phase", progress.Phase);
        writer.WriteString("unit", progress.Phase == "reading" ? "layers" : "tokens");
        writer.WriteNumber("done", Math.Round(progress.Done, 2));
        writer.WriteNumber("total", progress.Total);
        if (left is { } time) writer.WriteNumber("seconds_left", Math.Round(time.TotalSeconds, 1));
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Call call, TextRequest request, SentText sent,
        IReadOnlyList<string> forms, IReadOnlyList<WrittenText> texts)
    {
        writer.WriteStartObject();
        writer.WriteString("id", call.Id);
        writer.WriteString("model", request.Model.Name);
        if (sent.Document is { } document)
        {
            writer.WriteStartObject("document");
            writer.WriteString("name", sent.Name);
            writer.WriteString("format", document.Format.ToString());
            writer.WriteString("title", document.Title);
            if (document.Pages is { } pages) writer.WriteNumber("pages", pages);
            writer.WriteEndObject();
        }
        WriteText(writer, request, sent, texts[0]);
        if (texts.Count > 1)
        {
            writer.WriteStartArray("alternatives");
            foreach (var text in texts.Skip(1))
            {
                writer.WriteStartObject();
                WriteText(writer, request, sent, text);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        if (texts[0].Whole is Summary summary) ReportForms.Write(writer, forms, request, sent, summary);
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, TextRequest request, SentText sent, WrittenText text)
    {
        ResultJson.Write(writer, Names[request.Kind], text.Whole with { Text = text.Text }, sent.WritePlace);
        writer.WriteString("ended_by", text.End switch
        {
            TextEnd.Stop => "stop",
            TextEnd.Limit => "limit",
            _ => "model",
        });
    }
}
