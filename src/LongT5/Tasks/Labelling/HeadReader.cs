using LongT5.Machine;

namespace LongT5.Tasks.Labelling;

/// <summary>A model with a head of labels, as the tasks use it.</summary>
sealed class HeadReader
{
    private readonly LongT5Model _model;
    private readonly HeadTask _task;
    private readonly LabelOptions _options;

    /// <param name="model">The model.</param>
    /// <param name="head">The head that the task is for.</param>
    /// <param name="trained">How the trainer calls that head.</param>
    /// <param name="options">What is asked.</param>
    /// <exception cref="MissingHeadException">The model has another head.</exception>
    /// <exception cref="ArgumentException">A number out of its range.</exception>
    public HeadReader(LongT5Model model, ModelHead head, string trained, LabelOptions? options)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (model.Engine.Head != head)
            throw new MissingHeadException(model.Path, Has(model.Engine.Head), trained);
        (_model, _task, _options) = (model, model.HeadTask, options ?? new());
        _options.Check();
    }

    /// <summary>What stands before a text.</summary>
    public string Prefix => _options.Prefix ?? _task.Prefix ?? "";

    /// <summary>Most tokens that are read at once, the end token among them; null where nothing says so.</summary>
    public int? MaxTokens => _options.MaxInputTokens ?? _task.MaxInputTokens ?? _model.TrainedLength?.Tokens;

    /// <summary>The ids of a text, without an end token.</summary>
    public int[] Ids(string text) => _model.Tokenizer.Encode(text, addEnd: false);

    /// <summary>What the head says of some tokens; the end token is put behind them.</summary>
    public float[] Score(IEnumerable<int> ids, CancellationToken cancellation)
    {
        int[] read = [.. ids, _model.Config.EosTokenIds[0]];
        using var memory = MemoryBudget.Shared.Reserve(_model.Engine.Estimate(read.Length).Bytes);
        return _model.Engine.Score(read, cancellation: cancellation);
    }

    /// <summary>Softmax.</summary>
    public static double[] Shares(ReadOnlySpan<float> scores)
    {
        var (shares, largest, sum) = (new double[scores.Length], float.NegativeInfinity, 0.0);
        foreach (var score in scores) largest = Math.Max(largest, score);
        for (var i = 0; i < shares.Length; i++) sum += shares[i] = Math.Exp(scores[i] - largest);
        for (var i = 0; i < shares.Length; i++) shares[i] /= sum;
        return shares;
    }

    private static string Has(ModelHead head) => head switch
    {
        ModelHead.None => "it is an encoder alone",
        ModelHead.Sequence => "its head classifies whole texts",
        ModelHead.Tokens => "its head tags tokens",
        ModelHead.Spans => "its head finds answers",
        _ => "it writes text",
    };
}
