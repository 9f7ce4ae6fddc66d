namespace LongT5.Samples;

/// <summary>Beneath the text: token ids, the encoder's state of each, and sequences of ids.</summary>
static class StatesOfTheEncoder
{
    public static Task Run(string modelFolder, string document)
    {
        using var model = LongT5Model.Load(modelFolder);
        var ids = model.Tokenizer.Encode(File.ReadAllText(document), maxLength: 512);

        using var states = model.Encode(ids);
        Console.WriteLine(
            $"{states.Length} tokens, {states.Width} numbers each; the first is {states.State(0)[0]:0.0000}.");

        foreach (var sequence in model.Generate([ids], new() { MaxNewTokens = 8 }))
            Console.WriteLine(string.Join(' ', sequence.Ids));
        return Task.CompletedTask;
    }
}
