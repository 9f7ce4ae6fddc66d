using LongT5.Data;
using LongT5.Tests.Cli;

namespace LongT5.Tests.Data;

/// <summary>Rows that heads of labels learn from, in the layouts that people have.</summary>
public sealed class HeadRowsTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("a.conll")]
    [InlineData("a.bio")]
    public void Columns_of_CoNLL_are_sentences_of_words_and_tags(string name)
    {
        var path = _scratch.Write(name, """
            -DOCSTART- -X- -X- O

            EU NNP B-NP B-ORG
            rejects VBZ B-VP O

            # a remark
            Peter	B-PER
            Blackburn	I-PER
            """);
        var rows = Tables.Read(path, new()).Select(row => (row.Number, TaggedSentence.Of(row, null, null))).ToList();
        Assert.Equal([(3, "EU rejects"), (7, "Peter Blackburn")], rows.Select(row => (row.Number, row.Item2.Text)));
        Assert.Equal(["B-ORG", "O"], rows[0].Item2.Tags);
        Assert.Equal([(0, 5), (6, 15)], rows[1].Item2.Words);
        Assert.Contains("row 2: it has a word and no tag", Assert.Throws<BadFileException>(
            () => Tables.Read(_scratch.Write("bad.conll", "EU B-ORG\nrejects\n"), new()).ToList()).Message);
    }

    [Fact]
    public void Stretches_of_a_text_become_tags_of_its_words()
    {
        var tagged = Tagged("""
            {"text": "Ann Lee, of York.", "entities": [{"start": 0, "end": 7, "label": "PER"}, {"start": 12, "end": 16, "label": "LOC"}]}
            """);
        Assert.Equal(["B-PER", "I-PER", "O", "O", "B-LOC", "O"], tagged.Tags);
        Assert.Equal("Ann Lee, of York.", tagged.Text);
        Assert.All(Tagged("""{"text": "Nothing here.", "entities": []}""").Tags, tag => Assert.Equal("O", tag));
        Assert.Equal(["3", "0"], Tagged("""{"tokens": ["York", "is"], "ner_tags": [3, 0]}""").Tags);
        Assert.Contains("2 words and 1 tags", Assert.Throws<BadRowException>(
            () => Tagged("""{"tokens": ["York", "is"], "tags": ["O"]}""")).Message);
        Assert.Contains("from 5 to 50", Assert.Throws<BadRowException>(
            () => Tagged("""{"text": "Too short.", "spans": [{"start": 5, "end": 50, "label": "X"}]}""")).Message);
    }

    [Fact]
    public void Answers_of_SQuADs_files_are_texts_to_write_too()
    {
        var path = _scratch.Write("a.jsonl",
            """{"answers": [{"text": "egg", "answer_start": 8}, {"text": "an egg", "answer_start": 5}]}""");
        Assert.Equal(["egg", "an egg"], Tables.Read(path, new()).Single().Texts("answers"));
    }

    [Theory]
    [InlineData("""{"question": "q", "context": "an apple, an egg", "answers": {"text": ["an egg", "egg"], "answer_start": [10, 13]}}""", "an egg 10, egg 13")]
    [InlineData("""{"question": "q", "context": "an egg", "answers": {"text": [], "answer_start": []}}""", "")]
    [InlineData("""{"question": "q", "context": "an egg", "answer": "egg"}""", "egg 3")]
    [InlineData("""{"question": "q", "context": "an egg, egg", "answers": [{"text": "egg", "answer_start": 8}, {"text": "an"}]}""", "egg 8, an 0")]
    [InlineData("""{"question": "q", "context": "an egg, egg", "answers": [{"answer_start": 8, "text": "egg"}]}""", "egg 8")]
    [InlineData("""{"question": "q", "context": "an egg", "answer": ""}""", "")]
    [InlineData("""{"question": "q", "context": "an egg, an egg", "answer": "egg", "answer_start": 11}""", "egg 11")]
    [InlineData("""{"question": "q", "story": "an egg", "answers": ["egg", "an egg"]}""", "egg 3, an egg 0")]
    public void Answers_have_their_places_given_or_sought(string row, string answers)
    {
        var asked = AnsweredQuestion.Of(Row(row), null, "question", null);
        Assert.Equal(answers, string.Join(", ", asked.Answers.Select(one => $"{one.Text} {one.Start}")));
    }

    [Theory]
    [InlineData("""{"version": "v2.0", "data": [""")]
    [InlineData("""{"data": [""")]
    [InlineData("{\n\"data\": [\n")]
    public void The_files_of_SQuAD_are_questions_with_their_paragraphs(string begin)
    {
        var path = _scratch.Write("train-v2.0.json", begin + """
            {"title": "Eggs", "paragraphs": [{"context": "an egg, an apple", "qas": [{"id": "1", "question": "what?",
             "answers": [{"text": "egg", "answer_start": 3}], "is_impossible": false}, {"id": "2", "question": "who?", "answers": [],
             "is_impossible": true, "plausible_answers": [{"text": "an", "answer_start": 0}]}]},
             {"context": "Paris", "qas": []}]}, {"title": "Kings", "paragraphs": [{"context": "a king", "qas": [{"id": "3",
             "question": "which?", "answers": [{"text": "king", "answer_start": 2}, {"text": "a king", "answer_start": 0}]}]}]}]}
            """.ReplaceLineEndings(begin.Contains('\n') ? "\n" : ""));
        var rows = Tables.Read(path, new()).ToList();
        Assert.Equal(["1 Eggs", "2 Eggs", "3 Kings"], rows.Select(row => $"{row.Text("id")} {row.Text("title")}"));
        Assert.Equal([1, 2, 3], rows.Select(row => row.Number));
        Assert.Equal(["what? an egg, an apple: egg 3", "who? an egg, an apple: ", "which? a king: king 2, a king 0"],
            rows.Select(row => AnsweredQuestion.Of(row, null, "question", null)).Select(asked
                => $"{asked.Question} {asked.Context}: "
                    + string.Join(", ", asked.Answers.Select(one => $"{one.Text} {one.Start}"))));
    }

    [Fact]
    public void An_answer_that_does_not_stand_in_its_text_makes_a_bad_row()
        => Assert.Contains("does not stand in its text", Assert.Throws<BadRowException>(() => AnsweredQuestion.Of(
            Row("""{"question": "q", "context": "an egg", "answer": "an apple"}"""), null, "question", null)).Message);

    public void Dispose() => _scratch.Dispose();

    private TaggedSentence Tagged(string row) => TaggedSentence.Of(Row(row), null, null);

    private Row Row(string json) => Tables.Read(_scratch.Write("row.jsonl", json.Trim()), new()).Single();
}
