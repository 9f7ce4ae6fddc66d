namespace LongT5.Samples;

/// <summary>Any prompt that a checkpoint was trained for; here T5's way to ask about a text.</summary>
static class AnswerAQuestion
{
    public static async Task Run(string modelFolder, string document)
    {
        using var model = LongT5Model.Load(modelFolder);

        var answers = await model.GenerateAsync(
            $"question: What is of vital importance? context: {File.ReadAllText(document)}",
            new() { Generation = new() { MaxNewTokens = 32, NumBeams = 4, NumReturnSequences = 2 } });

        foreach (var answer in answers)
            Console.WriteLine($"{answer.Score:0.00}  {answer.Text}");
    }
}
