using LongT5.Training.Data;
using LongT5.Training.Objectives;

namespace LongT5.Training.Tests.Objectives;

public sealed class PrincipalSentencesTests
{
    const string Text = "Cats chase mice. Rain fell. Cats and mice live here. Nobody came! Mice fear cats.";

    // A word is a token: its place in this list, from 10 on.
    static readonly List<string> Vocabulary = [];

    static int[] Encode(string text)
        => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word =>
        {
            lock (Vocabulary)
            {
                if (!Vocabulary.Contains(word)) Vocabulary.Add(word);
                return 10 + Vocabulary.IndexOf(word);
            }
        })];

    static string Decode(IEnumerable<int> ids)
        => string.Join(' ', ids.Select(id => id == 1 ? "</s>" : id == 2 ? "<2>" : Vocabulary[id - 10]));

    static TokenizedExample Make(PrincipalSentences objective, string text = Text, int seed = 1, int input = 4096,
        int target = 910)
    {
        var dice = new Dice(seed);
        return (objective with { Encode = Encode }).Make(new Dictionary<string, string[]> { ["text"] = [text] },
            ref dice, new Room(input, target))!;
    }

    [Fact]
    public void The_sentences_that_share_most_with_the_others_are_the_target_and_are_masked_by_id_2()
    {
        var example = Make(new() { Ratio = 0.6, LeastOfRatio = 1, Intact = 0, Noise = 0 });
        Assert.Equal("Cats chase mice. Cats and mice live here. Mice fear cats. </s>", Decode(example.Target));
        Assert.Equal("<2> Rain fell. <2> Nobody came! <2> </s>", Decode(example.Input));
    }

    [Fact]
    public void With_intact_1_the_input_is_the_text()
    {
        var example = Make(new() { Intact = 1 });
        Assert.Equal($"{Text} </s>", Decode(example.Input));
        Assert.Equal(1, example.Target[^1]);
    }

    [Fact]
    public void At_least_one_sentence_is_chosen_and_at_most_a_fifth()
    {
        var text = string.Concat(Enumerable.Range(0, 100).Select(i => $"Word{i} meets word{i + 1} here. "));
        for (var seed = 0; seed < 20; seed++)
        {
            var chosen = Make(new() { Intact = 0 }, text, seed).Input.Count(id => id == 2);
            Assert.InRange(chosen, 6, 20);
        }
        Assert.Single(Make(new() { Intact = 0 }, "One sentence alone. And two.").Input, id => id == 2);
    }

    [Fact]
    public void A_cut_takes_the_end_token_with_it_as_the_original_does()
    {
        var example = Make(new(), input: 5, target: 2);
        Assert.Equal(5, example.Input.Length);
        Assert.DoesNotContain(1, example.Input);
    }

    [Fact]
    public void Whole_windows_end_with_a_whole_sentence_and_the_end_token()
    {
        var example = Make(new() { Whole = true, Intact = 1 }, input: 11);
        Assert.Equal("Cats chase mice. Rain fell. Cats and mice live here. </s>", Decode(example.Input));
    }

    [Fact]
    public void Whole_sentences_do_not_end_behind_titles_and_initials_and_are_no_items_of_lists()
    {
        const string About =
            "Mr. Bee makes honey for the U.S. market.\n\n- Honey, honey, honey for bees.\n\nRain fell on J. B. Bee.";
        var example = Make(new()
        {
            Measure = SentenceMeasure.Frequency,
            Whole = true,
            Words = [1, 9],
            Ratio = 1,
            LeastOfRatio = 1,
            Noise = 0,
            Intact = 1
        }, About);
        Assert.Equal(["Mr.", "-", "Rain"], example.Salience.Select(one => Decode([example.Input[one.Place]])));
        Assert.Equal("Mr. Bee makes honey for the U.S. market. Rain fell on J. B. Bee. </s>", Decode(example.Target)
            .Replace("\n", ""));
    }

    [Theory]
    [InlineData("\"")]
    [InlineData("- - -.")]
    [InlineData("(“_.")]
    public void What_has_no_word_at_its_beginning_is_never_chosen(string sentence)
        => Assert.False(SentenceChoice.Fits(sentence, [1, 9]));

    [Fact]
    public void By_frequency_the_sentences_of_the_words_that_come_back_are_chosen_and_no_question()
    {
        const string About = "Bees make honey. Bees make wax and a great many other things besides. Do bees make "
            + "honey? Rain fell. Honey keeps.";
        var objective = new PrincipalSentences
        {
            Measure = SentenceMeasure.Frequency,
            Ratio = 0.4,
            LeastOfRatio = 1,
            Noise = 0,
            Intact = 1
        };
        Assert.Equal("Bees make honey. Honey keeps. </s>", Decode(Make(objective, About).Target));
        Assert.DoesNotContain("?", Decode(Make(objective with { Ratio = 1 }, About).Target));
    }

    [Fact]
    public void The_salience_of_a_sentence_stands_at_its_first_token_and_one_that_is_never_chosen_has_the_least()
    {
        const string About = "Bees make honey. Do bees make honey? Rain fell. Honey keeps.";
        var example = Make(
            new() { Measure = SentenceMeasure.Frequency, Intact = 1, Lengths = new() { ["in short: "] = 1 } }, About);
        Assert.Equal(["Bees", "Do", "Rain", "Honey"],
            example.Salience.Select(one => Decode([example.Input[one.Place]])));
        var salience = example.Salience.Select(one => one.Value).ToArray();
        Assert.Equal(-2, salience[1]);
        Assert.True(salience[0] > salience[2] && salience[3] > salience[2]);
        Assert.Equal(0, salience[0] + salience[2] + salience[3], 1e-5);
        Assert.DoesNotContain(Make(new() { Intact = 1 }, About, input: 5).Salience, one => one.Place >= 5);
    }

    [Fact]
    public void The_first_sentence_and_the_first_after_a_heading_gain_by_their_place()
    {
        const string Sections =
            "Rain fell. Bees make honey. Bees make wax.\n\nOther Things\n\nSnow fell. Bees make honey. Bees make wax.";
        var objective = new PrincipalSentences
        {
            Measure = SentenceMeasure.Frequency,
            Whole = true,
            Words = [2, 9],
            Ratio = 0.3,
            LeastOfRatio = 1,
            Noise = 0,
            Intact = 1
        };
        Assert.DoesNotContain("fell", Decode(Make(objective, Sections).Target));
        var example = Make(objective with { Opening = 4 }, Sections);
        Assert.Equal("Rain fell. Snow fell. </s>", Decode(example.Target));
        Assert.True(example.Salience[0].Value > example.Salience[1].Value
            && example.Salience[4].Value > example.Salience[5].Value);
    }

    [Fact]
    public void A_blend_has_the_paragraphs_of_two_rows_each_in_its_own_order_and_most_of_the_first()
    {
        var objective = new PrincipalSentences { Passage = 1 };
        var dice = new Dice(1);
        var orders = new HashSet<string>();
        for (var i = 0; i < 20; i++)
        {
            var text = objective.Blended(Row('a'), Row('b'), ref dice, new Room(45, 9))["text"][0];
            orders.Add(text);
            // of each row a broken sentence may be missing
            Assert.InRange(text.Length, 47 - 2 * "\n\na1.\n\n".Length, 47);
            // none begins in its middle
            Assert.All(text.Split("\n\n", StringSplitOptions.TrimEntries),
                paragraph => Assert.Matches("^([ab]|$)", paragraph));
            string a = Of('a', text), b = Of('b', text);
            Assert.Contains(a, string.Concat(Row('a')["text"]));
            Assert.Contains(b, string.Concat(Row('b')["text"]));
            Assert.True(a.Length + 5 >= b.Length);
        }
        Assert.True(orders.Count > 10);

        static Dictionary<string, string[]> Row(char letter)
            => new() { ["text"] = [string.Join("\n\n", Enumerable.Range(1, 9).Select(i => $"{letter}{i}."))] };
        static string Of(char letter, string text)
            => string.Join("\n\n", text.Split("\n\n", StringSplitOptions.TrimEntries)
                .Where(paragraph => paragraph.StartsWith(letter)));
    }

    [Fact]
    public void A_blend_of_texts_without_paragraphs_begins_with_a_whole_sentence_of_each()
    {
        var objective = new PrincipalSentences { Passage = 1 };
        var dice = new Dice(1);
        for (var i = 0; i < 20; i++)
        {
            var text = objective.Blended(Row("Alpha"), Row("Beta"), ref dice, new Room(200, 9))["text"][0];
            Assert.Matches(@"^(Alpha [\w .]+\n\nBeta [\w .]+|Beta [\w .]+\n\nAlpha [\w .]+)$", text);
        }

        static Dictionary<string, string[]> Row(string name)
            => new() { ["text"] = [string.Join(' ', Enumerable.Range(1, 20).Select(i => $"{name} {i}."))] };
    }

    [Fact]
    public void By_frequency_and_in_turn_a_sentence_whose_words_are_chosen_already_adds_less()
    {
        const string Twice =
            "Red apples grow. Red apples grow fast. Blue fish swim. Blue fish swim on. Red apples grow.";
        var objective = new PrincipalSentences
        {
            Measure = SentenceMeasure.Frequency,
            Ratio = 0.4,
            LeastOfRatio = 1,
            Noise = 0,
            Intact = 1
        };
        Assert.DoesNotContain("fish", Decode(Make(objective, Twice).Target));
        Assert.Contains("fish", Decode(Make(objective with { Sequential = true }, Twice).Target));
    }

    [Fact]
    public void The_sequential_choice_does_not_say_a_thing_twice()
    {
        const string Repeating = "Red apples grow on trees. Red apples grow on trees. Blue fish swim in seas. Red "
            + "apples and trees. Blue fish and seas.";
        var example = Make(new() { Ratio = 0.4, LeastOfRatio = 1, Noise = 0, Sequential = true, Intact = 1 },
            Repeating);
        Assert.Contains("fish", Decode(example.Target));
        Assert.Contains("apples", Decode(example.Target));
    }

    [Fact]
    public void Headings_and_fragments_are_not_chosen_where_words_are_bounded()
    {
        var example = Make(new() { Whole = true, Words = [3, 60], Intact = 1, Ratio = 1, LeastOfRatio = 1 },
            "Cats and Mice\n\nCats chase mice. Rain fell. Mice fear cats.");
        Assert.Equal("Cats chase mice. Mice fear cats. </s>", Decode(example.Target));
    }
}
