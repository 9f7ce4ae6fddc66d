using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LongT5.Compare;

// What this product does and how fast, beside the reference and beside what the machine can do at most.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (args is [Runner.Marker, var work, var folder, var documents, var count])
{
    Console.WriteLine(
        JsonSerializer.Serialize(OurJob.Run(JsonSerializer.Deserialize<Job>(work)!, folder, documents,
            int.Parse(count)), Results.Json));
    return 0;
}

var root = CompareCommand.Create();
root.Add(PlotCommand.Create());
root.Add(AccuracyCommand.Create());
return root.Parse(args).Invoke();
