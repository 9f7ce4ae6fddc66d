using LongT5.Training.Data;
using LongT5.Training.Objectives;

namespace LongT5.Training.Tests.Objectives;

public sealed class PairsTests
{
    static int[] Encode(string text) => [.. text.Select(character => (int)character)];

    static TokenizedExample? Make(Objective objective, params (string Column, string Text)[] row)
    {
        var dice = new Dice(1);
        return (objective with { Encode = Encode }).Make(row.ToDictionary(f => f.Column, f => new[] { f.Text }),
            ref dice, new Room(1000, 1000));
    }

    static string Text(int[] ids) => string.Concat(ids[..^1].Select(id => (char)id));

    [Theory]
    [InlineData("document", "summary")]
    [InlineData("source", "target")]
    [InlineData("text", "summary")]
    [InlineData("article", "abstract")]
    [InlineData("documents", "summaries")]
    public void Usual_columns_are_found(string source, string target)
    {
        var example = Make(new Pairs { Prefix = "summarize: " }, ("id", "7"), (source, "Long."), (target, "Short."))!;
        Assert.Equal(("summarize: Long.", "Short."), (Text(example.Input), Text(example.Target)));
    }

    [Fact]
    public void Columns_that_are_named_stand_above_the_usual_ones()
    {
        var example = Make(new Pairs { SourceColumn = "body", TargetColumn = "gist" }, ("document", "x"),
            ("summary", "y"), ("body", "B"), ("gist", "G"))!;
        Assert.Equal(("B", "G"), (Text(example.Input), Text(example.Target)));
    }

    [Theory]
    [InlineData("question: {question} context: ", "question: Who? context: Bees do.")]
    [InlineData("{question}\n{title}\n", "Who?\nOn bees\nBees do.")]
    [InlineData("{}: { question", "{}: { questionBees do.")]
    public void A_prefix_names_columns_of_the_row_in_braces(string prefix, string input)
    {
        (string, string)[] row = [("document", "Bees do."), ("summary", "Bees do."), ("question", "Who?"),
            ("title", "On bees")];
        Assert.Equal(input, Text(Make(new Pairs { Prefix = prefix }, row)!.Input));
        Assert.Equal(input, Text(Make(new Extracts { Prefix = prefix, Words = [1, 9] }, row)!.Input));
    }

    [Fact]
    public void A_cut_keeps_the_end_token()
    {
        var dice = new Dice(1);
        var row = new Dictionary<string, string[]> { ["document"] = ["abcdef"], ["summary"] = ["uvwxyz"] };
        var example = (new Pairs() with { Encode = Encode }).Make(row, ref dice, new Room(4, 3))!;
        Assert.Equal(['a', 'b', 'c', 1], example.Input);
        Assert.Equal(['u', 'v', 1], example.Target);
    }

    [Fact]
    public void An_extract_is_the_sentences_that_come_closest_to_the_reference_in_the_order_of_the_source()
    {
        const string Source = "The weather was fine all day. Bees make their honey from sweet nectar. Many people "
            + "went out to walk. A hive holds one queen and many workers.";
        var example = Make(new Extracts { Least = 1 }, ("document", Source),
            ("summary", "A hive has one queen. Bees make honey."))!;
        Assert.Equal(0, example.Salience[0].Place);
        Assert.Equal("Bees make their honey from sweet nectar. A hive holds one queen and many workers.",
            Text(example.Target));
        Assert.Equal(Source, Text(example.Input));
    }
}
