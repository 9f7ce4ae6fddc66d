using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Tasks;

namespace LongT5.Cli.Commands;

/// <summary>Turns texts into vectors, several at once, in their order.</summary>
/// <param name="model">The model.</param>
/// <param name="output">Where vectors go.</param>
/// <param name="most">Most tokens of a text that are read; null for all.</param>
sealed class EmbedRun(LongT5Model model, VectorOutput output, int? most)
{
    // What is read at once: more gains nothing, and would be lost to an interruption.
    private const int TextsAtOnce = 64, TokensAtOnce = 4096;

    private readonly Embedder _embedder = new(model);
    private readonly List<(OneText Text, int[] Ids, int Dropped)> _waiting = [];
    private int _done, _failed;

    /// <summary>Works on them all.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> Run(TextsToEmbed texts, CancellationToken cancellation)
    {
        using var progress = Progress.For("embed");
        var tokens = 0;
        await foreach (var (text, file, problem) in texts.Read(cancellation))
        {
            if (text is null)
            {
                Embed(cancellation);
                Complain(file, problem!);
                continue;
            }
            var ids = model.Tokenizer.Encode(text.Text);
            var read = ids.Length > most ? model.Tokenizer.Encode(text.Text, most.Value) : ids;
            if (_waiting.Count == TextsAtOnce || tokens + read.Length > TokensAtOnce)
            {
                Embed(cancellation);
                tokens = 0;
            }
            _waiting.Add((text, read, ids.Length - read.Length));
            tokens += read.Length;
            progress?.Subject = $"{file.Name}, {_done} texts done";
            progress?.Report(new("reading", texts.FilesRead, texts.Files));
        }
        Embed(cancellation);
        output.Complete();
        if (_failed > 0)
            Terminal.Complain($"{_failed} texts failed.");
        return _failed > 0 ? ExitCode.Failed : ExitCode.Success;
    }

    private void Embed(CancellationToken cancellation)
    {
        if (_waiting.Count == 0) return;
        var vectors = _embedder.EmbedAll([.. _waiting.Select(one => one.Ids)], cancellation);
        foreach (var ((text, _, dropped), vector) in _waiting.Zip(vectors))
            output.Add(text, vector with { DroppedTokens = dropped });
        _done += _waiting.Count;
        _waiting.Clear();
    }

    private void Complain(InputFile file, Exception problem)
    {
        var (sentence, _) = Failure.Describe(problem);
        sentence = sentence.Contains(file.Name, StringComparison.Ordinal) ? sentence : $"{file.Name}: {sentence}";
        output.AddError(file, sentence);
        _failed++;
        Terminal.Complain(sentence);
    }
}
