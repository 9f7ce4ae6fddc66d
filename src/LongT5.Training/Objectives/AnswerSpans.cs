using LongT5.Data;
using LongT5.Tasks;
using LongT5.Training.Data;

namespace LongT5.Training.Objectives;

/// <summary>Questions and the stretches of a text that answer them: what extractive heads learn from.</summary>
/// <remarks>
/// A text that is longer than the room is read in parts, each time another. Where the part has no answer, the first
/// token stands for it, as in transformers.
/// </remarks>
public sealed record AnswerSpans : Objective
{
    private const string Question = "question", Context = "context", Answers = "answers", Starts = "starts";

    /// <summary>The column of the question.</summary>
    public string QuestionColumn { get; init; } = Question;

    /// <summary>The column of the answer or answers; null to find it by its usual names.</summary>
    public string? TargetColumn { get; init; }

    /// <summary>What stands before every question.</summary>
    public string Prefix { get; init; } = "";

    internal override bool IsFor(HeadKind? head) => head == HeadKind.Extractive;

    internal override void Check(string of)
    {
        base.Check(of);
        if (!Columns.IsFixed(Prefix))
            throw new ArgumentException($"The prefix of {of}, {Prefix}, has columns of the row; the question stands "
                + $"there already, from the column {QuestionColumn}.");
    }

    /// <inheritdoc/>
    public override Dictionary<string, string[]> Texts(Row row)
    {
        var asked = AnsweredQuestion.Of(row, SourceColumn, QuestionColumn, TargetColumn);
        return new()
        {
            [Question] = [asked.Question],
            [Context] = [asked.Context],
            [Answers] = [.. asked.Answers.Select(answer => answer.Text)],
            [Starts] = [.. asked.Answers.Select(answer => $"{answer.Start}")],
        };
    }

    /// <inheritdoc/>
    public override string? Lacks(IReadOnlyDictionary<string, string[]> texts)
        => texts[Question].Concat(texts[Context]).Any(string.IsNullOrWhiteSpace) ? "without a question or a text"
            : null;

    internal override (string Input, string? Target) Uncut(IReadOnlyDictionary<string, string[]> row)
        => (Prefix + Answerer.Prompt(row[Question][0], row[Context][0]), null);

    internal override string? FixedPrefix => Prefix;

    internal override IReadOnlyList<string> References(IReadOnlyDictionary<string, string[]> row)
        => row[Answers] is { Length: > 0 } answers ? answers : [""];

    /// <inheritdoc/>
    public override TokenizedExample? Make(IReadOnlyDictionary<string, string[]> row, ref Dice dice, in Room room)
    {
        var asked = Encode(Prefix + Answerer.Prompt(row[Question][0], "").TrimEnd());
        var tokens = EncodeWithOffsets(row[Context][0]);
        var (all, most) = (WithoutEnd(tokens), room.Input - asked.Length - 1);
        if (most < 4 || all < 1) return null;
        var first = all <= most ? 0 : Part(dice.Uniform(), all, most);
        var end = Math.Min(all, first + most);
        var (start, last) = (0, 0);
        if (row[Answers].Length > 0)
        {
            var which = dice.Below(row[Answers].Length);
            var begin = int.Parse(row[Starts][which], null);
            var stop = begin + row[Answers][which].Length;
            var from = Array.FindIndex(tokens.Offsets, 0, all, token => token.End > begin);
            var to = Array.FindLastIndex(tokens.Offsets, all - 1, token => token.Start < stop
                && token.End > token.Start);
            if (from >= first && to < end && from <= to)
                (start, last) = (asked.Length + from - first, asked.Length + to - first);
        }
        return new([.. asked, .. tokens.Ids[first..end], End], [])
        {
            Head = new([start, last])
            {
                First = asked.Length,
                End = asked.Length + end - first,
                Passage = (row[Context][0], tokens.Offsets[first..end]),
            },
        };
    }

    // Parts lie half a room apart.
    private static int Part(double dice, int all, int most)
    {
        var (step, parts) = (most / 2, (all - most + most / 2 - 1) / (most / 2) + 1);
        return Math.Min((int)(dice * parts) * step, all - most);
    }
}
