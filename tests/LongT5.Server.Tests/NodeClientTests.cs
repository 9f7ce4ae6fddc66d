using System.Diagnostics;
using System.Text.Json;

namespace LongT5.Server.Tests;

/// <summary>
/// The official clients of npm, unchanged. LONGT5_NODE names a copy of the folder <c>Node</c> in which <c>npm ci</c>
/// was run.
/// </summary>
public sealed class NodeClientTests
{
    private const string Missing = "LONGT5_NODE names a folder with the packages openai and @huggingface/inference.";

    private static readonly string Folder = Environment.GetEnvironmentVariable("LONGT5_NODE") ?? "";

    public static bool IsHere => Folder.Length > 0;

    [Fact(Skip = Missing, SkipUnless = nameof(IsHere))]
    public async Task The_client_of_OpenAI_chats_streams_embeds_and_is_told_what_is_wrong()
    {
        await using var server = await LiveServer.Start(LiveServer.Options with { ApiKeys = ["sesame"] });
        var said = await Node($$"""
            import OpenAI from "openai";
            const client = new OpenAI({ baseURL: "{{server.Url}}v1", apiKey: "sesame", maxRetries: 0 });
            const messages = [{ role: "user", content: "the art of war" }];
            const chat = await client.chat.completions.create({ model: "told", messages, max_completion_tokens: 20 });
            let streamed = "", chunks = 0, usage = null;
            for await (const chunk of await client.chat.completions.create({ model: "told", messages, stream: true,
                max_completion_tokens: 20, stream_options: { include_usage: true } })) {
                streamed += chunk.choices[0]?.delta?.content ?? ""; chunks++; usage = chunk.usage ?? usage;
            }
            const response = await client.responses.create({ model: "told", input: "the art of war",
                max_output_tokens: 20 });
            let events = [];
            for await (const event of await client.responses.create({ model: "told", input: "the art of war",
                max_output_tokens: 20, stream: true })) events.push(event.type);
            const completion = await client.completions.create({ model: "told", prompt: "the art of war", max_tokens: 20 });
            const likely = await client.chat.completions.create({ model: "told", messages, max_completion_tokens: 20, n: 2,
                temperature: 1, seed: 1, logprobs: true, top_logprobs: 2 });
            const vectors = await client.embeddings.create({ model: "tiny", input: ["war", "life"] });
            const models = []; for await (const model of client.models.list()) models.push(model.id);
            let refused = 0;
            try { await client.chat.completions.create({ model: "told", messages, tools: [{}] }); }
            catch (error) { refused = error.status; }
            console.log(JSON.stringify({ chat: chat.choices[0].message.content, streamed, chunks,
                usage: usage.completion_tokens, counted: chat.usage.completion_tokens, response: response.output_text,
                first: events[0], last: events.at(-1), completion: completion.choices[0].text,
                width: vectors.data[1].embedding.length, models, refused,
                alike: likely.choices.map(choice => choice.message.content
                    === choice.logprobs.content.map(token => token.token).join("")) }));
            """);
        Assert.Equal("[true,true]", said.GetProperty("alike").GetRawText());
        var chat = said.GetProperty("chat").GetString();
        Assert.True(chat!.Length > 5);
        foreach (var same in (string[])["streamed", "response", "completion"])
            Assert.Equal(chat, said.GetProperty(same).GetString());
        Assert.True(said.GetProperty("chunks").GetInt32() > 3);
        Assert.Equal(said.GetProperty("counted").GetInt32(), said.GetProperty("usage").GetInt32());
        Assert.Equal("response.created", said.GetProperty("first").GetString());
        Assert.StartsWith("response.", said.GetProperty("last").GetString(), StringComparison.Ordinal);
        Assert.Equal(32, said.GetProperty("width").GetInt32());
        Assert.Equal("[\"tiny\",\"told\"]", said.GetProperty("models").GetRawText());
        Assert.Equal(400, said.GetProperty("refused").GetInt32());
    }

    [Fact(Skip = Missing, SkipUnless = nameof(IsHere))]
    public async Task The_client_of_Hugging_Face_summarises_extracts_generates_and_streams()
    {
        await using var server = await LiveServer.Start();
        var said = await Node($$"""
            import { InferenceClient } from "@huggingface/inference";
            const at = (path) => new InferenceClient("none", { endpointUrl: "{{server.Url}}" + path });
            const inputs = {{JsonSerializer.Serialize(LiveServer.Document)}};
            const summary = await at("models/tiny").summarization({ inputs, parameters: { max_length: 30 } });
            const vector = await at("models/tiny/pipeline/feature-extraction").featureExtraction({ inputs: "war" });
            const vectors = await at("models/tiny/pipeline/feature-extraction").featureExtraction({ inputs: ["a", "b"] });
            const text = await at("models/told").textGeneration({ inputs: "the art", parameters: { max_new_tokens: 9 } });
            let streamed = "";
            for await (const piece of at("models/told").textGenerationStream({ inputs: "the art",
                parameters: { max_new_tokens: 9 } })) streamed += piece.choices[0]?.text ?? "";
            const chat = await at("models/told").chatCompletion({ max_tokens: 9,
                messages: [{ role: "user", content: "the art" }] });
            const generated = await (await fetch("{{server.Url}}generate", { method: "POST", headers: {
                "content-type": "application/json" }, body: JSON.stringify({ inputs: "the art",
                parameters: { max_new_tokens: 9, details: true } }) })).json();
            console.log(JSON.stringify({ summary: summary.summary_text, width: vector.length, many: vectors.length,
                text: text.generated_text, streamed, chat: chat.choices[0].message.content, tgi: generated.generated_text }));
            """);
        Assert.True(said.GetProperty("summary").GetString()!.Length > 5);
        Assert.Equal(32, said.GetProperty("width").GetInt32());
        Assert.Equal(2, said.GetProperty("many").GetInt32());
        foreach (var same in (string[])["streamed", "chat", "tgi"])
            Assert.Equal(said.GetProperty("text").GetString(), said.GetProperty(same).GetString());
    }

    private static async Task<JsonElement> Node(string script)
    {
        var start = new ProcessStartInfo("node", ["--input-type=module", "-"])
        {
            WorkingDirectory = Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(10));
        Assert.True(process.ExitCode == 0, await error);
        return JsonElement.Parse(await output);
    }
}
