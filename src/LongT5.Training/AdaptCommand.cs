using System.CommandLine;

namespace LongT5.Training;

/// <summary><c>adapt</c>.</summary>
static class AdaptCommand
{
    public static Command Create()
    {
        string[] examples =
        [
            "longt5 adapt MODEL texts/ -o adapted --general other-texts/",
            "longt5 adapt google/long-t5-tglobal-base texts.jsonl -o adapted --adapter lora",
            "longt5 adapt MODEL texts/ -o adapted --then pairs.jsonl --then-held-out dev.jsonl",
            "longt5 adapt -o adapted --resume",
        ];
        var command = new Command("adapt", "Go on with a model's pre-training on the texts of a domain, and perhaps "
            + $"fine-tune it on pairs then. Examples:\n\n{string.Join('\n', examples)}");
        var flags = new AdaptFlags(command);
        command.SetAction(parsed => TrainCommand.Guarded(() =>
        {
            var adaptation = flags.Read(parsed);
            if (flags.Shown(parsed) is not (> 0 and var count)) return adaptation.Run(flags.Resumes(parsed));
            Examples.Show(adaptation.Domain, count, Console.Out);
            return 0;
        }));
        return command;
    }
}
