namespace LongT5.Documents.Tests.Subtitles;

public class SubtitleReaderTests
{
    [Fact]
    public void Cues_of_one_speaker_are_one_paragraph()
        => Assert.Equal(
            "Ann: We begin now. It is late.\n\nBob: Yes & no.",
            Made.Read("WEBVTT\nLanguage: en\n\nSTYLE\n::cue {}\n\nNOTE secret\n\ncue-1\n00:00.500 --> 00:02.000 "
                + "align:start\n<v.loud Ann>We begin</v>\n\n"
                + "00:02.000 --> 00:04.000\n<v Ann>now. <i>It is</i>\nlate.</v>\n\n00:04.000 --> 00:06.000\n<v "
                + "Bob>Yes &amp; no.</v>\n").Text);

    [Fact]
    public void Numbers_times_tags_and_sounds_of_SubRip_are_left_out()
    {
        var document = Made.Read("\uFEFF1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<i>JOHN: One\r\n\r\n2 < "
            + "3</i>\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\n[Music]\r\n\r\n"
            + "3\r\n00:00:03,000 --> 00:00:04,000\r\n- Two.\r\n- Three.\r\n");
        Assert.Equal(DocumentFormat.SubRip, document.Format);
        Assert.Equal("JOHN: One 2 < 3\n\nTwo.\n\nThree.", document.Text);
    }

    [Fact]
    public void Captions_that_roll_are_read_once_and_answers_that_repeat_are_kept()
    {
        Assert.Equal("a b c d", Made.Read("WEBVTT\n\n00:00.000 --> 00:01.000\na<00:00:00.500><c> b</c>\n\n00:01.000 "
            + "--> 00:02.000\na b\nc<00:00:01.500><c> d</c>\n\n"
            + "00:02.000 --> 00:03.000\nc d\n").Text);
        Assert.Equal("Yeah. No. Well. No. Yeah. Yeah.",
            Made.Read("1\n00:00:01,0 --> 00:00:02,0\nYeah.\n\n2\n00:00:02,0 --> 00:00:03,0\nNo.\n\n3\n00:00:03,0 --> "
                + "00:00:04,0\nWell.\n\n"
            + "4\n00:00:04,0 --> 00:00:05,0\nNo.\n\n5\n00:00:05,0 --> 00:00:06,0\nYeah.\n\n6\n00:00:06,0 --> "
            + "00:00:07,0\nYeah.\n").Text);
    }
}
