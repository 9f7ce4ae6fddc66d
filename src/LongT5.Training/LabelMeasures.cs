using LongT5.Evaluation;
using LongT5.Tasks.Labelling;
using LongT5.Training.Data;

namespace LongT5.Training;

/// <summary>How well a head of labels does on held-out examples, by the measures of its kind.</summary>
/// <remarks>Shares are from 0 to 100, correlations from -1 to 1. F1 is the mean over labels; of entities that of all,
/// as conlleval counts; of answers the mean over texts.</remarks>
/// <param name="head">The head, its labels known.</param>
sealed class LabelMeasures(HeadOptions head)
{
    const int LongestAnswer = 64;

    readonly List<string[]> _said = [], _right = [];
    readonly List<double> _numbers = [], _rightNumbers = [];
    readonly List<(bool Exact, double F1)> _answers = [];

    /// <summary>Takes note of an example.</summary>
    /// <param name="example">The example.</param>
    /// <param name="scores">[labels] of a text, [L, labels] of its tokens; more may follow.</param>
    public void Add(TokenizedExample example, ReadOnlySpan<float> scores)
    {
        var (target, labels) = (example.Head!, head.Labels ?? []);
        switch (head.Kind)
        {
            case HeadKind.Regression:
                _numbers.Add(scores[0]);
                _rightNumbers.Add(target.Values[0]);
                break;
            case HeadKind.MultiLabel:
                _said.Add([.. Several(scores[..labels.Length], least: 0)]);
                _right.Add([.. Several(target.Values, least: 0.5f)]);
                break;
            case HeadKind.TokenClassification:
                var tags = new string[target.Words.Length];
                for (var i = 0; i < tags.Length; i++)
                    tags[i] = labels[Best(scores.Slice(target.Words[i] * labels.Length, labels.Length))];
                _said.Add(tags);
                _right.Add([.. target.Words.Select(word => labels[(int)target.Values[word]])]);
                break;
            case HeadKind.Extractive:
                var found = AnswerSearch.Best(scores, target.First, target.End, LongestAnswer);
                var (passage, offsets) = target.Passage;
                var text = found.None > found.Score ? "" : passage[AnswerSearch.Place(passage,
                    offsets[found.First - target.First], offsets[found.Last - target.First])];
                // A part of a text may be without the answer of the whole.
                IReadOnlyList<string> answers = target.Values[1] == 0 ? [""] : example.References!;
                _answers.Add((AnswerMatch.Exact(text, answers), AnswerMatch.F1(text, answers)));
                break;
            default:
                _said.Add([labels[Best(scores[..labels.Length])]]);
                _right.Add([labels[(int)target.Values[0]]]);
                break;
        }
    }

    /// <summary>The measures by their names.</summary>
    public Dictionary<string, double> Results() => head.Kind switch
    {
        HeadKind.Regression => new()
        {
            ["pearson"] = Correlation.Pearson(_numbers, _rightNumbers),
            ["spearman"] = Correlation.Spearman(_numbers, _rightNumbers),
        },
        HeadKind.TokenClassification => new() { ["f1"] = 100 * EntityF1.Score(_said, _right).F1 },
        HeadKind.Extractive => new()
        {
            ["f1"] = 100 * _answers.Average(answer => answer.F1),
            ["exact-match"] = 100 * _answers.Average(answer => answer.Exact ? 1.0 : 0),
        },
        _ => new()
        {
            ["accuracy"] = 100 * _said.Zip(_right).Average(pair => pair.First.SequenceEqual(pair.Second) ? 1.0 : 0),
            ["f1"] = 100 * Classification.F1(_said, _right).Macro,
        },
    };

    List<string> Several(ReadOnlySpan<float> scores, float least)
    {
        var labels = new List<string>();
        for (var i = 0; i < scores.Length; i++)
            if (scores[i] > least) labels.Add(head.Labels![i]);
        return labels;
    }

    static int Best(ReadOnlySpan<float> scores) => System.Numerics.Tensors.TensorPrimitives.IndexOfMax(scores);
}
