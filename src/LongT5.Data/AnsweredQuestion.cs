using System.Text.Json;

namespace LongT5.Data;

/// <summary>An answer, and where it begins in its text, in UTF-16 units.</summary>
/// <param name="Text">Its words.</param>
/// <param name="Start">Its first unit.</param>
public readonly record struct PlacedAnswer(string Text, int Start);

/// <summary>A question about a text, and the stretches of it that answer it.</summary>
/// <param name="Question">The question.</param>
/// <param name="Context">The text.</param>
/// <param name="Answers">Any of them is right; none where the text has no answer.</param>
public sealed record AnsweredQuestion(string Question, string Context, IReadOnlyList<PlacedAnswer> Answers)
{
    /// <summary>
    /// What a row has: answers as SQuAD has them on the hub, <c>{"text": [...], "answer_start": [...]}</c>, or in its
    /// own files, <c>[{"text": ..., "answer_start": ...}]</c>; or one text, or a list, of which each is sought in the
    /// context. An empty one, or none, says that there is no answer.
    /// </summary>
    /// <param name="row">The row.</param>
    /// <param name="source">The column of the context; null to find it by its usual names.</param>
    /// <param name="question">The column of the question.</param>
    /// <param name="target">The column of the answers; null likewise.</param>
    /// <exception cref="BadRowException">A column is not there, or an answer does not stand in the context.</exception>
    public static AnsweredQuestion Of(Row row, string? source, string question, string? target)
    {
        ArgumentNullException.ThrowIfNull(row);
        var context = row.Text(UsualColumns.Named(row, source, UsualColumns.Contexts));
        target = UsualColumns.Named(row, target, UsualColumns.Answers);
        var given = row[target];
        (IReadOnlyList<string> texts, List<int>? starts) = given.ValueKind == JsonValueKind.Array
            && given.EnumerateArray().Any(answer => answer.ValueKind == JsonValueKind.Object) ? Listed(given)
            : given is { ValueKind: JsonValueKind.Object } squad
            ? (squad.Member("text").Strings("text"), squad.TryGetProperty("answer_start", out var places)
                ? places.Items("answer_start").Select(start => start.GetInt32()).ToList() : null)
            : (row.Texts(target), row.Has("answer_start") && row["answer_start"].ValueKind == JsonValueKind.Number
                ? [row["answer_start"].GetInt32()] : null);
        return new(row.Text(question), context, [.. texts.Index().Where(one => one.Item.Trim().Length > 0)
            .Select(one => Placed(one.Item, context, starts is { Count: var count } && count == texts.Count
                ? starts[one.Index] : null))]);
    }

    private static (List<string>, List<int>?) Listed(JsonElement answers)
    {
        var list = answers.EnumerateArray().ToList();
        return ([.. list.Select(answer => answer.String("text"))], [.. list.Select(answer
            => answer.TryGetProperty("answer_start", out var start) && start.TryGetInt32(out var at) ? at : -1)]);
    }

    // Places are counted in characters where the file comes from Python; where they do not fit, the answer is sought.
    private static PlacedAnswer Placed(string answer, string context, int? start)
    {
        if (start is { } at && at >= 0 && at + answer.Length <= context.Length
            && context.AsSpan(at, answer.Length).SequenceEqual(answer)) return new(answer, at);
        var found = context.IndexOf(answer, Math.Clamp(start ?? 0, 0, context.Length), StringComparison.Ordinal);
        if (found < 0) found = context.IndexOf(answer, StringComparison.Ordinal);
        return found >= 0 ? new(answer, found)
            : throw new BadRowException($"its answer, {answer}, does not stand in its text");
    }
}
