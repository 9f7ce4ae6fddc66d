namespace LongT5.Training.Distillation;

/// <summary>The teacher's layer that each layer of a student learns from, by stack.</summary>
sealed record LayerMap(int[] Encoder, int[] Decoder)
{
    /// <summary>What the options say, or evenly spaced layers.</summary>
    /// <exception cref="ArgumentException">A map has not one layer of the teacher for each of the student.</exception>
    public static LayerMap Of(DistillationOptions options, LongT5Config student, LongT5Config teacher) => new(
        One("encoder", options.EncoderLayers, student.NumLayers, teacher.NumLayers),
        One("decoder", options.DecoderLayers, student.NumDecoderLayers, teacher.NumDecoderLayers));

    static int[] One(string stack, int[]? said, int student, int teacher)
    {
        // behind as large a part of the teacher as of the student
        said ??= [.. Enumerable.Range(1, student).Select(i
            => Math.Max(0, (int)Math.Round((double)i * teacher / student) - 1))];
        return said.Length == student && said.All(layer => layer >= 0 && layer < teacher) ? said
            : throw new ArgumentException($"{stack}Layers of the distillation is [{string.Join(", ", said)}]; for each "
                + $"of the student's {student} layers one of the teacher's was expected, from 0 to {teacher - 1}.");
    }
}
