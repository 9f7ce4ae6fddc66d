using LongT5.Tasks;
using LongT5.Tasks.Labelling;

namespace LongT5.Tests.Tasks;

/// <summary>Classifying, tagging and extracting, with heads whose every score is known.</summary>
public sealed class HeadTaskTests : IDisposable
{
    private static readonly string[] s_tags = ["O", "B-CAUSE", "I-CAUSE"];
    private static readonly Dictionary<string, float[]> s_ofTags = new()
    {
        ["\u2581war"] = [0, 5, 0],
        ["\u2581death"] = [0, 0, 5],
        ["\u2581the"] = [5, 0, 0],
        ["\u2581of"] = [5, 0, 0],
        ["."] = [9, 0, 0],
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-head-tasks-").FullName;

    [Fact]
    public void A_text_has_the_likeliest_label_or_all_that_are_likely_or_a_number()
    {
        Dictionary<string, float[]> scores = new() { ["\u2581war"] = [0, 3, 1], ["\u2581life"] = [2, -2, 3] };
        using (var model = Open(ModelHead.Sequence, ["calm", "loud", "long"], scores))
        {
            var said = new Classifier(model).Classify("the war");
            Assert.Equal((LabelProblem.OneLabel, "loud"), (said.Problem, said.Labels.Single()));
            Assert.Equal(["loud", "long", "calm"], said.Scores.Select(one => one.Label));
            Assert.Equal(Math.Exp(3) / (Math.Exp(3) + Math.Exp(1) + 1), said.Scores[0].Score, 4);
            Assert.Equal(3, said.InputTokens);
        }
        using (var model = Open(ModelHead.Sequence, ["calm", "loud", "long"], scores,
            ", \"problem_type\": \"multi_label_classification\""))
        {
            var said = new Classifier(model).Classify("the life");
            Assert.Equal(["long", "calm"], said.Labels);
            Assert.Equal(1 / (1 + Math.Exp(-3)), said.Scores[0].Score, 4);
            Assert.Equal(["long"], new Classifier(model, new() { Threshold = 0.9 }).Classify("the life").Labels);
        }
        using (var model = Open(ModelHead.Sequence, ["grade"], new() { ["\u2581war"] = [4.5f] }))
        {
            var said = new Classifier(model).Classify("the war");
            Assert.Equal((LabelProblem.Numbers, 0), (said.Problem, said.Labels.Count));
            Assert.Equal(4.5, said.Scores.Single().Score, 3);
        }
    }

    [Fact]
    public void What_a_model_was_trained_with_holds_where_nothing_else_is_said()
    {
        using var model = Open(ModelHead.Sequence, ["calm", "loud"], new() { ["\u2581war"] = [0, 3] },
            """, "task_specific_params": {"text-classification": {"prefix": "the war ", "max_input_tokens": 3}}""");
        var said = new Classifier(model).Classify("of life");
        Assert.Equal(("loud", 3, 2), (said.Labels[0], said.InputTokens, said.DroppedTokens));
        Assert.Equal("calm", new Classifier(model, new() { Prefix = "", MaxInputTokens = 9 }).Classify("of life")
            .Labels[0]);
    }

    [Fact]
    public void Words_are_tagged_with_their_places_whatever_stands_around_them()
    {
        using var model = Open(ModelHead.Tokens, s_tags, s_ofTags);
        const string Text = "the  war death. of war.";
        var tagged = new Tagger(model).Tag(Text);
        Assert.Equal(["war death", "war"], tagged.Spans.Select(span => span.Text));
        Assert.All(tagged.Spans, span => Assert.Equal((span.Text, "CAUSE"),
            (Text[span.Start..span.End], span.Label)));
        Assert.Equal(Math.Exp(5) / (Math.Exp(5) + 2), tagged.Spans[1].Score, 3);
        Assert.Equal(["O", "B-CAUSE", "I-CAUSE", "O"],
            new Tagger(model).TagWords(["the", "war", "death", "."]).Select(tag => tag.Label));
        Assert.Empty(new Tagger(model).TagWords([]));
    }

    [Fact]
    public void A_long_text_is_tagged_in_parts_that_end_with_sentences_as_it_is_in_one()
    {
        using var model = Open(ModelHead.Tokens, s_tags, s_ofTags);
        var text = string.Join(' ', Enumerable.Repeat("The war of death is in it. That is the art of the war.", 30));
        var (whole, parts) = (new Tagger(model).Tag(text), new Tagger(model, new() { MaxInputTokens = 24 }).Tag(text));
        Assert.Equal((1, 90), (whole.Windows, whole.Spans.Count));
        Assert.True(parts.Windows > 10);
        Assert.Equal(whole.Spans, parts.Spans);
    }

    [Fact]
    public void An_answer_is_a_stretch_of_the_text_with_its_place_or_there_is_none()
    {
        // The decoder sees the token before: an answer begins behind "of" and ends behind "war", which is in it.
        using var model = Open(ModelHead.Spans, ["start", "end"], new()
        {
            ["\u2581of"] = [8, 0],
            ["\u2581the"] = [0, 6],
            ["\u2581death"] = [-3, -3],
        });
        const string Text = "It is life of the war is that.";
        var answer = new Extractor(model).Extract("a?", Text);
        Assert.Equal(("the war", "the war"), (answer.Text, Text[answer.Start..answer.End]));
        Assert.InRange(answer.Score, 0.3, 1);
        Assert.InRange(answer.NoAnswer, 0, 0.1);

        using var unsure = Open(ModelHead.Spans, ["start", "end"], new() { ["<pad>"] = [4, 4] });
        var none = new Extractor(unsure).Extract("a?", Text);
        Assert.Null(none.Text);
        Assert.Equal(none.Score, none.NoAnswer);
        Assert.NotNull(new Extractor(unsure, new() { AlwaysAnswers = true }).Extract("a?", Text).Text);
    }

    [Fact]
    public void An_answer_is_found_in_the_part_of_a_long_text_that_has_it()
    {
        using var model = Open(ModelHead.Spans, ["start", "end"],
            new() { ["\u2581of"] = [8, 0], ["\u2581the"] = [0, 6] });
        var text = string.Concat(Enumerable.Repeat("It is life. ", 40)) + "A life of the war is that. "
            + string.Concat(Enumerable.Repeat("It is life. ", 40));
        var answer = new Extractor(model, new() { MaxInputTokens = 40 }).Extract("a?", text);
        Assert.Equal("the war", answer.Text);
        Assert.Equal("the war", text[answer.Start..answer.End]);
        Assert.True(answer.Windows > 5);
        Assert.Contains("leave room", Assert.Throws<ArgumentException>(
            () => new Extractor(model, new() { MaxInputTokens = 6 }).Extract("a?", text)).Message);
    }

    [Fact]
    public void A_model_without_the_head_is_refused_with_what_to_do()
    {
        using var model = LongT5Model.Load(TinyModel.Folder);
        foreach (var (made, head) in new (Action, string)[]
        {
            (() => _ = new Classifier(model), "sequence-classification"),
            (() => _ = new Tagger(model), "token-classification"),
            (() => _ = new Extractor(model), "extractive"),
        })
            Assert.Equal((model.Path, head), Assert.Throws<MissingHeadException>(made) is var missing
                ? (missing.Path, missing.Head) : default);
        using var other = Open(ModelHead.Tokens, s_tags, s_ofTags);
        Assert.Contains("tags tokens", Assert.Throws<MissingHeadException>(() => new Extractor(other)).Message);
        Assert.Throws<ArgumentException>(() => new Tagger(other, new() { MaxInputTokens = 1 }));
        Assert.Throws<ArgumentException>(() => new Tagger(other).Tag(" "));
    }

    [Fact]
    public void Words_that_someone_cut_become_a_text_as_people_write_it()
    {
        string[] words = ["He", "does", "n't", "live", "in", "U.S.", "(", "or", "so", ")", ",", "\u201c", "no",
            "\u201d", "."];
        var (text, places) = TextWords.Joined(words);
        Assert.Equal("He doesn't live in U.S. (or so), \u201cno\u201d.", text);
        Assert.Equal(words, places.Select(place => text[place.Start..place.End]));
        Assert.Equal(["It", "'", "s", "10", "%", "\u00e9t\u00e9"], TextWords.Of("It's 10% \u00e9t\u00e9")
            .Select(word => "It's 10% \u00e9t\u00e9"[word.Start..word.End]));
        Assert.Equal([(0, 2), (2, 4), (5, 7)], TextWords.Of("\U0001F600\U00020000 it")); // no half of a character
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private LongT5Model Open(ModelHead head, string[] labels, Dictionary<string, float[]> scores, string more = "")
        => LongT5Model.Load(LookupHead.Write(Path.Combine(_folder, $"{Guid.NewGuid():N}"), head, labels, scores, more));
}
