using System.Text.Json.Nodes;
using LongT5.Data.Files;

namespace LongT5.Data.Rows;

/// <summary>
/// Columns of CoNLL: a word a line, its tag in the last column, an empty line behind a sentence. A sentence is a row
/// with the columns <c>tokens</c> and <c>tags</c>.
/// </summary>
static class ConllRows
{
    /// <summary>The sentences of a file, each by the number of its first line.</summary>
    public static IEnumerable<Row> Of(DataFile file, ReadOptions options)
    {
        var (tokens, tags, first, bad) = (new JsonArray(), new JsonArray(), 0L, false);
        foreach (var (number, line) in TextRows.Lines(file, options).Append((-1, "")))
        {
            var fields = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length == 0)
            {
                if (tokens.Count > 0 && !bad)
                    yield return new Row(file.Where, first, TextRows.Values(new()
                    {
                        ["tokens"] = tokens,
                        ["tags"] = tags,
                    }));
                (tokens, tags, bad) = ([], [], false);
            }
            // Documents of CoNLL-2003 begin so; remarks of CoNLL-U with a # and a space.
            else if (fields[0] is not ("-DOCSTART-" or "#") && !bad)
            {
                if (tokens.Count == 0) first = number;
                if (fields.Length == 1)
                {
                    options.Bad(file.Where, number, "it has a word and no tag; a word, a space or tab, and its tag in "
                        + "the last column are expected");
                    bad = true;
                    continue;
                }
                tokens.Add((JsonNode?)fields[0]);
                tags.Add((JsonNode?)fields[^1]);
            }
        }
    }
}
