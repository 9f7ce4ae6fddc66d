using System.IO.Hashing;
using System.Text;
using CsCheck;
using LongT5.Documents.Search;

namespace LongT5.Documents.Tests.Search;

/// <summary>Passages are found by what they share with a query, and an index is whole or refused.</summary>
public sealed class PassageIndexTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("longt5-index").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Passages_are_whole_sentences_within_a_section_and_together_the_text()
    {
        var sentences = string.Join(' ', Enumerable.Range(1, 60).Select(i => $"Sentence {i} is about a bridge."));
        var document = Made.Read(Encoding.UTF8.GetBytes($"# One\n\n{sentences}\n\n# Two\n\nShort.\n"), "a.md");
        var passages = SearchPassage.Of(document);
        Assert.True(passages.Count > 2);
        Assert.All(passages, passage => Assert.Equal(document.Text[passage.Start..passage.End], passage.Text));
        Assert.All(passages, passage => Assert.InRange(passage.Text.Length, 1, 900));
        Assert.Equal(["One", "Two"], passages.Select(passage => passage.Section).Distinct());
        Assert.StartsWith("Two", passages[^1].Text, StringComparison.Ordinal);
        Assert.Equal(Words(document.Text), Words(string.Join(' ', passages.Select(passage => passage.Text))));

        static string[] Words(string text) => text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    [Fact]
    public void Words_score_as_the_formula_says()
    {
        var index = Index(["the cat sat", "the dog sat and sat down there", "birds"]);
        var hits = index.Search("Sitting? sat!", 5); // an ending does not count, nor does how often it is asked
        // N 3, n 2, mean length 11/3, k 1.2, b 0.75.
        static double Score(int f, int length) => Math.Log(1 + 1.5 / 2.5) * f * 2.2
            / (f + 1.2 * (0.25 + 0.75 * length / (11 / 3.0)));
        Assert.Equal([Score(2, 7), Score(1, 3)], hits.Select(hit => hit.Score), (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.Empty(index.Search("fish", 5));
        Assert.Empty(Index([]).Search("fish", 5));
    }

    [Fact]
    public void The_nearest_vectors_come_first_and_a_vector_of_another_length_is_refused()
    {
        var index = Index(["a", "b", "c"], [1, 0, 0, 1, 0.6f, 0.8f]);
        Assert.Equal(["b", "c"], index.Search(new float[] { 0, 1 }, 2).Select(hit => hit.Passage.Text));
        Assert.Equal(0.8, index.Search(new float[] { 0, 1 }, 2)[1].Score, 1e-6);
        Assert.Throws<ArgumentException>(() => index.Search(new float[] { 1 }, 2));
        Assert.Throws<ArgumentException>(() => Index(["a"]).Search(new float[] { 1 }, 2));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_is_what_is_read(bool hasVectors)
    {
        var index = Sample(hasVectors);
        var read = PassageIndex.Open(Write(index));
        Assert.Equal(index.Documents.Select(one => (one.Name, one.Stamp)),
            read.Documents.Select(one => (one.Name, one.Stamp)));
        Assert.Equal(index.Documents.SelectMany(one => one.Passages), read.Documents.SelectMany(one => one.Passages));
        Assert.Equal(index.Documents.SelectMany(one => one.Vectors.ToArray()),
            read.Documents.SelectMany(one => one.Vectors.ToArray()));
        Assert.Equal(index.Model?.Name, read.Model?.Name);
        Assert.Equal(hasVectors, read.Model?.Fits(index.Model) ?? false);
    }

    [Fact]
    public void Whatever_is_done_to_the_bytes_an_index_is_refused_in_one_sentence()
    {
        var bytes = File.ReadAllBytes(Write(Sample(true)));
        for (var length = 0; length < bytes.Length; length++)
            Assert.Throws<BadFileException>(() => Open(bytes[..length]));
        Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte[1, 255]).Sample((at, change) =>
        {
            var changed = bytes.ToArray();
            changed[at] ^= change;
            Assert.Throws<BadFileException>(() => Open(changed));
        }, iter: 2000);
    }

    [Fact]
    public void An_index_whose_hash_was_made_to_fit_is_read_or_refused_and_takes_no_more_memory_than_it_has_bytes()
    {
        var bytes = File.ReadAllBytes(Write(Sample(true)));
        Gen.Select(Gen.Int[0, bytes.Length - 9], Gen.Int, Gen.Int[0, bytes.Length - 9], Gen.Byte).Sample(
            (at, number, then, one) =>
            {
                var changed = bytes.ToArray();
                if (at + 4 < changed.Length) BitConverter.TryWriteBytes(changed.AsSpan(at), number);
                changed[then] = one;
                XxHash3.Hash(changed.AsSpan()[..^8], changed.AsSpan()[^8..]);
                var before = GC.GetAllocatedBytesForCurrentThread();
                try
                {
                    Open(changed);
                }
                catch (BadFileException)
                {
                    // That is the other thing that may come of it.
                }
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
            }, iter: 5000, threads: 1);
    }

    private PassageIndex Open(byte[] bytes)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString());
        File.WriteAllBytes(path, bytes);
        try
        {
            return PassageIndex.Open(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private string Write(PassageIndex index)
    {
        var path = Path.Combine(_folder, "a.index");
        using var stream = File.Create(path);
        index.Write(stream);
        return path;
    }

    private static PassageIndex Index(string[] texts, float[]? vectors = null)
        => new([new("a.txt", "1",
            [.. texts.Select((text, i) => new SearchPassage(i, i + text.Length, null, null, text))])
        {
            Vectors = vectors ?? [],
        }], vectors is null ? null : new("m", new float[vectors.Length / texts.Length]));

    private static PassageIndex Sample(bool hasVectors) => new(
    [
        new("a.pdf", "12 x", [new(0, 9, "Plans", 3, "We build."), new(10, 20, null, null, "\u00dcber uns.")])
        {
            Vectors = hasVectors ? new float[] { 1, 0, 0, 1 } : ReadOnlyMemory<float>.Empty,
        },
        new("empty.txt", "", []),
    ], hasVectors ? new("model", new float[] { 0.6f, 0.8f }) : null);
}
