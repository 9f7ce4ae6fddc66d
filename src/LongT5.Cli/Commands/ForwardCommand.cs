using System.CommandLine;
using LongT5.Cli.Flags;
using LongT5.Cli.Input;
using LongT5.Cli.Output;
using LongT5.Formats;

namespace LongT5.Cli.Commands;

/// <summary>
/// <c>longt5 forward</c>: states and logits of given token ids, for people who compare implementations.
/// </summary>
static class ForwardCommand
{
    public static Command Create()
    {
        var ids = new Option<FileInfo>("--ids")
        {
            Description =
                "A safetensors file: input_ids [B, L] int32, attention_mask [B, L] where padded on the right, "
                + "decoder_input_ids [B, T] for logits.",
            HelpName = "FILE",
            Required = true,
        };
        var output = new Option<string>("--output", "-o")
        {
            Description = "The safetensors file to write, float32: last_hidden_state [B, L, C], logits [B, T, V]; "
                + "rows at padding are zero.",
            HelpName = "FILE",
            Required = true,
        };
        var states = new Option<bool>("--hidden-states")
        {
            Description = "Write hidden_states.0 (embeddings) to hidden_states.N (after the last norm), [B, L, C] "
                + "each.",
        };
        var attention = new Option<bool>("--cross-attention")
        {
            Description = "Write cross_attention [B, H, T, L] of the last decoder layer.",
        };
        var force = new Option<bool>("--force") { Description = "Replace the file if it exists." };
        var command = new ExampledCommand("forward",
            "Compute states and logits of token ids, to compare implementations.",
            "longt5 forward --ids in.safetensors -o out.safetensors -m MODEL",
            "longt5 forward --ids in.safetensors -o out.safetensors --hidden-states --cross-attention -m MODEL")
        {
            ids, output, states, attention, force,
        };
        var model = new ModelFlags(command);
        command.SetAction((parsed, cancellation) =>
        {
            var path = parsed.GetRequiredValue(output);
            OutputFile.CheckFree(path, parsed.GetValue(force));
            using var loaded = model.Load(parsed, cancellation);
            var batch = ForwardBatch.Read(parsed.GetRequiredValue(ids).FullName);
            var pass = new ForwardPass(loaded.Engine, batch, parsed.GetValue(states), parsed.GetValue(attention));
            SafetensorsWriter.Write(path, pass.Run(cancellation));
            return Task.FromResult(ExitCode.Success);
        });
        return command;
    }
}
