namespace LongT5.Hub;

/// <summary>A public checkpoint that is worth having, by what its card says.</summary>
/// <param name="Task">What it is for.</param>
/// <param name="Name">Its name on the hub.</param>
/// <param name="Gigabytes">What fetching it takes, in powers of ten.</param>
/// <param name="Language">What it reads and writes.</param>
/// <param name="Licence">As the card names it; empty where it names none.</param>
/// <param name="Advice">What the card advises, and warns of.</param>
public sealed record KnownModel(
    string Task, string Name, double Gigabytes, string Language, string Licence, string Advice = "")
{
    private const string English = "English", Apache = "apache-2.0", Both = "apache-2.0, bsd-3-clause";
    private const string Pretrained = "to train from", ToTrain = "pre-trained only: train it before use";
    private const string Books =
        "its configuration asks for beams and penalties; the card warns of transformers from 4.23 on";

    private const string SumStew = "5 languages";
    private const string Title = "writes a title too, asked for by a prefix that its configuration gives";

    /// <summary>All that are known, by task.</summary>
    public static IReadOnlyList<KnownModel> All { get; } =
    [
        new("books, narrative", "pszemraj/long-t5-tglobal-base-16384-book-summary", 0.99, English, Both, Books),
        new("books, narrative", "pszemraj/long-t5-tglobal-xl-16384-book-summary", 11.4, English, Both,
            $"better to people's eyes; {Books}"),
        new("scientific papers", "Stancld/longt5-tglobal-large-16384-pubmed-3k_steps", 3.13, English, Apache,
            "writes PubMed abstracts; ROUGE 47.44/22.68/29.83"),
        new("scientific papers", "whaleloops/longt5-tglobal-large-16384-pubmed-10k_steps", 3.13, English, Apache,
            "writes PubMed abstracts"),
        new("papers for lay readers", "pszemraj/long-t5-tglobal-base-16384-booksci-summary-v1", 0.99, English, Both),
        new("papers for lay readers", "pszemraj/long-t5-tglobal-xl-16384-booksci-summary-plos-10k", 11.7, English,
            Both),
        new("reports", "AleBurzio/long-t5-base-govreport", 0.99, English, Apache,
            "of 8,192 tokens; ROUGE 57.23/24.97/26.81; summaries of 787 tokens"),
        new("reports", "learn3r/longt5_xl_gov_5", 11.4, English, Apache, "ROUGE 54.25/24.75/27.24"),
        new("meetings, by a question", "pszemraj/long-t5-tglobal-xl-qmsum-wip", 11.4, English, Apache, "unfinished"),
        new("patents", "pszemraj/long-t5-tglobal-base-16384-booksum-V11-big_patent-V2", 0.99, English, Both),
        new("television scripts", "learn3r/longt5_xl_sfd_4096_e10", 11.4, English, Apache,
            "of 4,096 tokens; trained past its best"),
        new("several languages", "Joemgu/mlong-t5-base-sumstew", 2.37, SumStew, Apache,
            $"beams 4, length penalty 2.0, repetition penalty 3.5, n-grams of 4 and 5; {Title}"),
        new("several languages", "Joemgu/mlong-t5-large-sumstew", 4.97, SumStew, Apache,
            $"contrastive search (penalty_alpha 0.4, top_k 3), n-grams of 5; {Title}"),
        new(Pretrained, "google/long-t5-local-base", 0.99, English, Apache, ToTrain),
        new(Pretrained, "google/long-t5-tglobal-base", 0.99, English, Apache, ToTrain),
        new(Pretrained, "google/long-t5-local-large", 3.13, English, Apache, ToTrain),
        new(Pretrained, "google/long-t5-tglobal-large", 3.13, English, Apache, ToTrain),
        new(Pretrained, "google/long-t5-tglobal-xl", 11.4, English, Apache, ToTrain),
        new(Pretrained, "agemagician/mlong-t5-tglobal-base", 2.37, "101 languages", Apache, ToTrain),
        new(Pretrained, "agemagician/mlong-t5-tglobal-large", 4.97, "101 languages", Apache, ToTrain),
        new(Pretrained, "yhavinga/long-t5-tglobal-base-dutch-english", 0.99, "Dutch, English", "", ToTrain),
    ];
}
