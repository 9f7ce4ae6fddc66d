using System.CommandLine;
using LongT5.Machine;

namespace LongT5.Cli.Flags;

/// <summary>Flags whose value is a number that people write with a unit: 4GiB of memory, 16k tokens.</summary>
static class Quantities
{
    /// <summary>A flag for a size.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shown">What the help shows in the value's place.</param>
    /// <param name="wanted">What the value must be, for the error.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="least">The smallest that it may be.</param>
    /// <param name="most">The greatest.</param>
    public static Option<long?> Option(
        string name, string shown, string wanted, string description, long least = 1, long most = long.MaxValue)
            => new(name)
            {
                Description = description,
                HelpName = shown,
                CustomParser = result =>
                {
                    var text = result.Tokens[0].Value;
                    if ((Quantity.TryParse(text, out var quantity) || text == "0")
                        && quantity >= least && quantity <= most)
                        return quantity;
                    result.AddError($"{name} must be {wanted}, not {text}");
                    return null;
                },
            };

    /// <summary>A flag for a number of tokens to read.</summary>
    public static Option<long?> Tokens(string name, string description)
        => Option(name, "N", "2 or more tokens, such as 4096 or 16k", description, least: 2, most: int.MaxValue);
}
