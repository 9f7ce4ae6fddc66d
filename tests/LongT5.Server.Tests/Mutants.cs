using System.Text;

namespace LongT5.Server.Tests;

/// <summary>Requests as they should be, and what becomes of them in bad hands.</summary>
static class Mutants
{
    /// <summary>A form with a document, whose boundary is <c>b</c>.</summary>
    public const string Form = "--b\r\nContent-Disposition: form-data; name=\"document\"; filename=\"a.txt\"\r\n"
        + "Content-Type: text/plain\r\n\r\nThe art of war is life.\r\n--b\r\nContent-Disposition: form-data; "
        + "name=\"max_new_tokens\"\r\n\r\n3\r\n--b--\r\n";

    private static readonly string[] Hostile =
    [
        "null", "true", "-1", "0", "1e400", "2147483648", "1.5", "\"\"", "\"\\ud800\"", "\"\\u0000\"", "[]", "{}", "[[1]]",
        "[null]", "{\"a\":{}}", "\"data:;base64,AAAA\"", "\"../../etc/passwd\"", "18446744073709551616", "\"NaN\"",
    ];

    /// <summary>A request as it should be for every route that is sent something.</summary>
    public static readonly (string Path, string Body)[] Valid =
    [
        ("/v1/chat/completions", """
            {"model":"told","messages":[{"role":"system","content":"a"},{"role":"user","content":[{"type":"text","text":"war"},
            {"type":"file","file":{"filename":"a.txt","file_data":"data:text/plain;base64,d2Fy"}}]}],"max_tokens":3,"stop":["x"],
            "temperature":0.5,"seed":1,"n":2,"logprobs":true,"top_logprobs":2,"stream":false,"stream_options":{"include_usage":true},"logit_bias":{"5":1}}
            """),
        ("/v1/responses", """
            {"model":"told","input":[{"role":"user","content":[{"type":"input_text","text":"war"},{"type":"input_file","filename":
            "a.txt","file_data":"data:text/plain;base64,d2Fy"}]}],"instructions":"a","max_output_tokens":3,"stream":true}
            """),
        ("/v1/completions", """{"model":"told","prompt":["the art","war"],"max_tokens":3,"stop":"z","num_beams":2,"n":2,"logprobs":1}"""),
        ("/v1/embeddings", """{"model":"tiny","input":["war",[5,6]],"encoding_format":"base64","dimensions":32}"""),
        ("/generate", """{"inputs":"war","parameters":{"max_new_tokens":3,"stop":["x"],"details":true,"truncate":9,"top_k":4}}"""),
        ("/generate_stream", """{"inputs":"war","parameters":{"max_new_tokens":3,"do_sample":true,"seed":4}}"""),
        ("/", """{"inputs":["the art of war."],"parameters":{"max_length":5,"generate_parameters":{"num_beams":2}}}"""),
        ("/models/told", """{"inputs":"war","parameters":{"max_new_tokens":3},"options":{"use_cache":false}}"""),
        ("/models/told/pipeline/feature-extraction", """{"inputs":["war"],"normalize":true}"""),
        ("/tokenize", """{"inputs":"the art of war","add_special_tokens":false}"""),
        ("/api/summarize", """
            {"text":"The art of war is life.","length":"short","quoting":"free","stop":["x"],"stream":true,"max_input_tokens":50,
            "report":["html","data"]}
            """),
        ("/api/answer", """{"question":"a","document":{"name":"a.txt","data":"d2Fy"},"max_new_tokens":3,"num_beams":3}"""),
        ("/api/text", """{"text":"war","prefix":"a ","bad_words_ids":[[5]],"max_new_tokens":3,"no_repeat_ngram_size":2}"""),
    ];

    /// <summary>A text with one to three things done to it that a client should not do.</summary>
    public static byte[] Mutated(string text, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(text).ToList();
        for (var times = random.Next(1, 4); times > 0 && bytes.Count > 1; times--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 20), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, bytes[at..Math.Min(at + random.Next(1, 30), bytes.Count)]); break;
                case 3: bytes.InsertRange(at, Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)])); break;
                default: Replace(bytes, random); break;
            }
        }
        return [.. bytes];
    }

    /// <summary>Puts something else in the place of a value.</summary>
    private static void Replace(List<byte> bytes, Random random)
    {
        var text = Encoding.Latin1.GetString([.. bytes]);
        var colons = text.Index().Where(one => one.Item == ':').Select(one => one.Index).ToList();
        if (colons.Count == 0) return;
        var start = colons[random.Next(colons.Count)] + 1;
        var end = text.IndexOfAny([',', '}', '\r'], start);
        if (end < 0) return;
        bytes.RemoveRange(start, end - start);
        bytes.InsertRange(start, Encoding.UTF8.GetBytes(Hostile[random.Next(Hostile.Length)]));
    }
}
