using LongT5.Training.Distillation;

namespace LongT5.Training.Tests.Distillation;

/// <summary>A teacher's answers on disk.</summary>
public sealed class AnswerFileTests : IDisposable
{
    readonly string _path = Path.GetTempFileName();

    static readonly float[] s_logits = [3, -1, 2, 0.5f, 1, 1, 1, 9];

    [Fact]
    public void The_best_keep_their_probabilities_and_the_rest_share_theirs()
    {
        var best = BestLogits.Of(s_logits, vocabulary: 4, kept: 2);
        Assert.Equal([0, 2, 3, 0], best.Ids);
        Assert.Equal([3f, 2, 9, 1], best.Logits);
        Assert.Equal(Math.Log((Math.Exp(-1) + Math.Exp(0.5)) / 2), best.Rest[0], 1e-6);
        Assert.Equal(1, best.Rest[1], 1e-6);
    }

    [Fact]
    public void Answers_are_found_again_and_what_was_cut_off_is_taken_away()
    {
        File.Delete(_path);
        var best = BestLogits.Of(s_logits, vocabulary: 4, kept: 2);
        var (first, second) = (AnswerFile.KeyOf([1, 2], [3]), AnswerFile.KeyOf([1], [2, 3]));
        Assert.NotEqual(first, second);
        using (var file = new AnswerFile(_path, "me", 2))
        {
            file.Add(first, best);
            file.Add(second, best with { Rest = [7, 8] });
        }
        using (var file = new AnswerFile(_path, "me", 2))
        {
            Assert.Equal([7f, 8], file.Find(second)!.Rest);
            Assert.Equal(best.Ids, file.Find(first)!.Ids);
            Assert.Equal(best.Logits, file.Find(first)!.Logits);
        }
        using (var stream = new FileStream(_path, FileMode.Open)) stream.SetLength(stream.Length - 3);
        using (var file = new AnswerFile(_path, "me", 2))
        {
            Assert.Equal(1, file.Count);
            Assert.Null(file.Find(second));
            file.Add(second, best);
        }
        using (var file = new AnswerFile(_path, "me", 2)) Assert.Equal(2, file.Count);
    }

    [Fact]
    public void What_is_damaged_is_taken_away_and_asked_anew()
    {
        File.Delete(_path);
        var (first, second) = (AnswerFile.KeyOf([1], [3]), AnswerFile.KeyOf([2], [3]));
        using (var file = new AnswerFile(_path, "me", 2))
        {
            file.Add(first, BestLogits.Of(s_logits, vocabulary: 4, kept: 2));
            file.Add(second, BestLogits.Of(s_logits, vocabulary: 4, kept: 2));
        }
        using (var stream = new FileStream(_path, FileMode.Open))
        {
            stream.Position = stream.Length - 1;
            var last = stream.ReadByte();
            stream.Position--;
            stream.WriteByte((byte)(last ^ 1));
        }
        using var again = new AnswerFile(_path, "me", 2);
        Assert.NotNull(again.Find(first));
        Assert.Null(again.Find(second));
    }

    [Fact]
    public void Answers_of_another_teacher_are_refused_with_what_to_do()
    {
        File.Delete(_path);
        using (new AnswerFile(_path, "me", 2)) Assert.Throws<ArgumentException>(() => new AnswerFile(_path, "me", 2));
        Assert.Contains("--teacher-answers",
            Assert.Throws<ArgumentException>(() => new AnswerFile(_path, "you", 2)).Message);
    }

    public void Dispose() => File.Delete(_path);
}
