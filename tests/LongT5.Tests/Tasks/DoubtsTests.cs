using System.Diagnostics;
using CsCheck;
using LongT5.Tasks;
using LongT5.Tasks.Doubting;

namespace LongT5.Tests.Tasks;

public class DoubtsTests
{
    private const string Document = """
        The mission

        The Voyager probe, built by NASA's Jet Propulsion Laboratory, left Florida on 5 September 1977 at a cost of $865 million.
        It weighs 721.9 kg and carried 4,000 images of the outer planets. The team of twenty-five engineers did not expect it to
        last. In the 1990s Dr. Émilie Duval led the group; the World Health Organization was never involved. By 1998 it was
        10.4 billion kilometres away, and 67% of its instruments still worked. The craft reached interstellar space in August 2012.
        """;

    [Theory]
    [InlineData("Voyager left Florida on September 5, 1977.")]
    [InlineData("Voyager left Florida on 1977-09-05.")]
    [InlineData("Voyager left Florida in September 1977.")]
    [InlineData("It carried 4000 images of the outer planets.")]
    [InlineData("It carried four thousand images of the outer planets.")]
    [InlineData("It carried 4 thousand images of the outer planets.")]
    [InlineData("It cost 865 million dollars when Voyager left Florida.")]
    [InlineData("Voyager left Florida at a cost of $865,000,000.")]
    [InlineData("Voyager left Florida at a cost of US$865m.")]
    [InlineData("The team of 25 engineers did not expect it to last.")]
    [InlineData("The team of 25 engineers didn't expect it to last.")]
    [InlineData("It weighs about 722 kilograms and carried images of the outer planets.")]
    [InlineData("By 1998 67 percent of its instruments still worked.")]
    [InlineData("Emilie Duval's group was led in the nineties, the 1990s.")]
    [InlineData("The WHO was never involved.")]
    [InlineData("The craft reached interstellar space in the 21st century, in 2012.")]
    [InlineData("By 1998, it was more than 10 billion kilometers away.")]
    public void What_the_document_says_in_another_form_is_not_doubted(string sentence)
        => Assert.Empty(Doubts.Of(Document, [sentence]));

    [Theory]
    [InlineData("It carried 4,100 images of the outer planets.", DoubtKind.Number, "4,100")]
    [InlineData("It carried forty thousand images of the outer planets.", DoubtKind.Number, "forty thousand")]
    [InlineData("Voyager left Florida at a cost of $865 billion.", DoubtKind.Number, "865 billion")]
    [InlineData("The team of 5 engineers did not expect it to last.", DoubtKind.Number, "5")]
    [InlineData("By 1977 it was 10.4 billion kilometres away.", DoubtKind.Number, "1977")]
    [InlineData("In the 1960s Émilie Duval led the group.", DoubtKind.Number, "1960")]
    [InlineData("Voyager left Florida on 6 September 1977.", DoubtKind.Date, "6 September 1977")]
    [InlineData("Voyager left Florida on 9/6/1977.", DoubtKind.Date, "9/6/1977")]
    [InlineData("The craft reached interstellar space in March 2012.", DoubtKind.Date, "March 2012")]
    [InlineData("It weighs 721.9 tons and carried 4,000 images.", DoubtKind.Unit, "721.9")]
    [InlineData("By 1998 it was 10.4 billion miles away.", DoubtKind.Unit, "10.4 billion")]
    [InlineData("The Voyager probe left California on 5 September 1977.", DoubtKind.Name, "California")]
    [InlineData("In the 1990s Dr. Marie Curie led the group.", DoubtKind.Name, "Marie Curie")]
    [InlineData("The NATO was never involved.", DoubtKind.Name, "NATO")]
    [InlineData("In the 1990s Dr. Émilie Florida led the group.", DoubtKind.Name, "Dr. Émilie Florida")]
    [InlineData("The team of twenty-five engineers did expect it to last.", DoubtKind.Negation, "expect")]
    [InlineData("By 1998 67% of its instruments still never worked.", DoubtKind.Negation, "never")]
    [InlineData("The craft could not have reached interstellar space in August 2012.", DoubtKind.Negation, "not")]
    public void What_the_document_does_not_say_is_doubted_in_its_place(string sentence, DoubtKind kind, string place)
    {
        var doubt = Assert.Single(Doubts.Of(Document, [sentence]));
        Assert.Equal((kind, place), (doubt.Kind, sentence[doubt.Start..doubt.End]));
        Assert.NotEmpty(doubt.Reason);
    }

    [Fact]
    public void A_reason_names_what_stands_there_instead()
        => Assert.Contains("\u201c4,000\u201d", Doubts.Of(Document + " In 1990 it sent 865 more.",
            ["It weighs 721.9 kg and carried 865 images of the outer planets."]).Single().Reason);

    [Fact]
    public void A_sentence_of_words_that_stand_nowhere_together_is_doubted_as_a_whole()
    {
        const string sentence = "Farmers in the valley harvested grapes and sold wine at the market.";
        var doubt = Assert.Single(Doubts.Of(Document, [sentence]));
        Assert.Equal((DoubtKind.Unsupported, 0, sentence.Length), (doubt.Kind, doubt.Start, doubt.End));
    }

    [Fact]
    public void A_sentence_that_was_there_is_a_repetition_however_it_is_spelled()
    {
        string[] sentences = ["The team did not expect it to last.", "By 1998 it was away.",
            "The team did not expect it  to last!"];
        var doubt = Assert.Single(Doubts.Of(Document, sentences));
        Assert.Equal((DoubtKind.Repeated, 2), (doubt.Kind, doubt.Sentence));
        Assert.Contains("sentence 1", doubt.Reason);
    }

    [Theory]
    [InlineData("Die Firma verkaufte 1.200 Wagen. Der Umsatz stieg um 3,5 Prozent, und der Vorstand hob die Prognose an.",
        "Der Vorstand hob die Prognose an, denn der Umsatz der Firma stieg um 3,5 Prozent.")]
    [InlineData("Компания продала 1200 машин в Москве. Выручка выросла на 3,5 процента.",
        "Компания из Москвы продала 1200 машин.")]
    [InlineData("公司在上海销售了1200辆汽车。收入增长了百分之三。", "公司在上海销售了１２００辆汽车。")]
    [InlineData("باعت الشركة ١٢٠٠ سيارة في القاهرة. وارتفعت الإيرادات.", "باعت الشركة 1200 سيارة في القاهرة.")]
    [InlineData("บริษัทขายรถยนต์ 1200 คันในกรุงเทพ รายได้เพิ่มขึ้น", "บริษัทขายรถยนต์ 1200 คันในกรุงเทพ")]
    public void Other_languages_and_scripts_raise_no_false_alarm(string document, string sentence)
        => Assert.Empty(Doubts.Of(document, [sentence]));

    [Fact]
    public void A_document_of_a_megabyte_is_compared_in_the_time_of_reading_it()
    {
        var document = string.Concat(Enumerable.Range(0, 9000)
            .Select(i => $"In {1000 + i % 900} the council of town {i} paid {i * 37:N0} dollars to Alder & Sons for the "
                + $"bridge over the river, and nobody objected. "));
        Assert.InRange(document.Length, 1_000_000, 2_000_000);
        var clock = Stopwatch.StartNew();
        Assert.NotEmpty(Doubts.Of(document, [.. Enumerable.Range(0, 20)
            .Select(i => $"In {1000 + i} the council of town {i} paid {i * 37} dollars to Beech & Sons for a bridge.")]));
        TestContext.Current.TestOutputHelper!.WriteLine($"{clock.ElapsedMilliseconds} ms");
    }

    [Fact]
    public void Any_text_is_compared_with_any_other()
        => Gen.String.Select(Gen.String).Sample((document, sentence) =>
        {
            foreach (var doubt in Doubts.Of(document, [sentence, sentence]))
                Assert.InRange(doubt.End, doubt.Start, sentence.Length);
        });

    [Fact]
    public void A_text_that_quotes_raises_none()
    {
        var sentences = LongT5.Text.Sentences.Texts(Document).Select(sentence => string.Join(' ',
            sentence.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))).ToList();
        Assert.Empty(Doubts.Of(Document, sentences));
    }
}
