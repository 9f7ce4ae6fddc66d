using System.Globalization;
using LongT5.Formats;
using LongT5.Generation.Rules;

namespace LongT5.Tests.Generation;

/// <summary>The filters of sampling keep the tokens that the reference keeps, with its log-probabilities.</summary>
public class LogitFilterTests
{
    private const string Prefix = "filters.kept.";

    [Fact]
    public void Each_filter_keeps_the_recorded_tokens_and_probabilities()
    {
        using var file = Safetensors.Open(Goldens.Path("generation", "logits.safetensors"));
        var logits = file.Tensors["filters.logits"];
        int rows = (int)logits.Shape[0], vocabulary = (int)logits.Shape[1];
        var names = file.Tensors.Keys.Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(names);
        foreach (var name in names.Select(name => name[Prefix.Length..]))
        {
            var kept = file.Tensors[Prefix + name].Bytes();
            var expected = file.Tensors["filters.logprob." + name];
            var width = (int)expected.Shape[1];
            var scores = new float[vocabulary];
            var wanted = new float[width];
            var rule = RuleOf(name);
            for (var row = 0; row < rows; row++)
            {
                logits.CopyTo((long)row * vocabulary, scores);
                expected.CopyTo((long)row * width, wanted);
                rule.Apply([0], scores);
                for (var token = 0; token < vocabulary; token++)
                    Assert.True(kept[row * vocabulary + token] == (float.IsNegativeInfinity(scores[token]) ? 0 : 1),
                        $"{name}, row {row}, token {token}");
                LogSoftmax.Apply(scores);
                for (var token = 0; token < width; token++)
                    Assert.True(Math.Abs(Math.Max(scores[token], -1e4f) - wanted[token]) <= 1e-4f,
                        $"{name}, row {row}, token {token}");
            }
        }
    }

    private static LogitRule RuleOf(string name)
    {
        var at = name.IndexOfAny([.. "0123456789"]);
        var value = double.Parse(name[at..], CultureInfo.InvariantCulture);
        return name[..(at - 1)] switch
        {
            "temperature" => new Temperature(value),
            "top-k" => new TopK((int)value),
            "top-p" => new TopP(value, atLeast: 1),
            "min-p" => new MinP(value, atLeast: 1),
            "typical" => new TypicalP(value, atLeast: 1),
            "epsilon" => new ProbabilityCutoff(value, byEntropy: false, atLeast: 1),
            "eta" => new ProbabilityCutoff(value, byEntropy: true, atLeast: 1),
            _ => throw new InvalidDataException($"The goldens have a filter '{name}' that is not known here."),
        };
    }
}
