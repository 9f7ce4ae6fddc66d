using LongT5.Training.Data;
using LongT5.Training.Objectives;

namespace LongT5.Training.Tests.Data;

public sealed class StreamTests : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Fact]
    public void A_stream_begun_anywhere_goes_on_as_one_that_was_begun_at_the_start()
    {
        using var corpus = Rows(50);
        var whole = Open(seed: 3, (corpus, 1)).From(0).Take(60).ToArray();
        foreach (var start in (int[])[1, 15, 16, 17, 40])
        {
            var part = Open(seed: 3, (corpus, 1)).From(start).Take(20).ToArray();
            for (var i = 0; i < 20; i++)
                Assert.Equal(whole[start + i].Select(Id), part[i].Select(Id));
        }
    }

    [Fact]
    public void Every_row_comes_once_in_every_epoch_in_another_order()
    {
        using var corpus = Rows(40);
        var stream = Open(seed: 1, (corpus, 1));
        int[][] epochs = [.. Enumerable.Range(0, 120).Select(i => Id(stream.Make(i))).Chunk(40)];
        Assert.All(epochs, epoch => Assert.Equal(Enumerable.Range(0, 40), epoch.Order()));
        Assert.NotEqual(epochs[0], epochs[1]);
    }

    [Fact]
    public void Sources_are_drawn_by_their_rates()
    {
        using Corpus few = Rows(10), many = Rows(10, from: 1000);
        var stream = Open(seed: 1, (few, 1), (many, 3));
        Assert.Equal(3000, Enumerable.Range(0, 4000).Count(i => Id(stream.Make(i)) >= 1000));
    }

    [Fact]
    public void Batches_hold_examples_of_about_one_length()
    {
        using var corpus = Rows(400);
        var batches = Open(seed: 1, (corpus, 1)).From(0).Take(Training.Data.Stream.GroupSize);
        Assert.True(batches.Average(batch => batch.Max(e => e.Input.Length) - batch.Min(e => e.Input.Length)) < 30);
    }

    [Fact]
    public void Rows_without_any_example_are_an_error_and_not_a_loop()
    {
        using var corpus = Rows(3);
        var stream = new Training.Data.Stream(
            [(corpus, new PrincipalSentences { Whole = true, SourceColumn = "document", Encode = _ => [] }, 1.0)],
            new Room(10, 10), 1, 1);
        Assert.Contains("no example", Assert.Throws<ArgumentException>(() => stream.Make(0)).Message);
    }

    [Fact]
    public void As_many_texts_are_blends_as_was_asked_for()
    {
        var path = Path.Combine(_folder, "letters.jsonl");
        File.WriteAllLines(path, ["{\"text\": \"a. a.\\n\\na. a.\"}", "{\"text\": \"b. b.\\n\\nb. b.\"}"]);
        using var corpus = Corpus.Open([path], new PrincipalSentences(), new());
        var objective = new PrincipalSentences
        {
            Blend = 0.5,
            Intact = 1,
            Encode = text => [.. text.Where(char.IsLetter).Select(c => c - 'a' + 2)]
        };
        var stream = new Training.Data.Stream([(corpus, objective, 1.0)], new Room(100, 100), 1, seed: 1);
        // Half are blends, and half of those are of a row and the other one.
        Assert.InRange(Enumerable.Range(0, 400).Count(i => stream.Make(i).Input is var ids && ids.Contains(2)
            && ids.Contains(3)), 70, 130);
    }

    static Training.Data.Stream Open(long seed, params (Corpus Rows, double Rate)[] sources)
        => new(
            [.. sources.Select(
                source => (source.Rows,
                    (Objective)new Pairs { Encode = text => [.. text.Split(' ').Select(int.Parse)] }, source.Rate))],
            new Room(1000, 1000), batch: 4, seed);

    static int Id(TokenizedExample example) => example.Input[0] - 5;

    // Row i: i + 5 and then zeros, a length that differs from row to row.
    Corpus Rows(int count, int from = 0)
    {
        var path = Path.Combine(_folder, $"{from}.jsonl");
        File.WriteAllLines(path, Enumerable.Range(from, count).Select(i =>
            $$"""{"document": "{{i + 5}}{{string.Concat(Enumerable.Repeat(" 9", i * 37 % 200))}}", "summary": "7"}"""));
        return Corpus.Open([path], new Pairs(), new());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
