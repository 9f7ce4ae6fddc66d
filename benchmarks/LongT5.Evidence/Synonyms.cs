namespace LongT5.Evidence;

/// <summary>Words that may stand for each other in prose, our own list: enough to change most sentences.</summary>
static class Synonyms
{
    private const string Pairs = """
        big large, small little, many numerous, important significant, use employ, used employed,
        uses employs, using employing, show demonstrate, shows demonstrates, shown demonstrated, begin start,
        begins starts, began started, help assist, helps assists, need require, needs requires,
        needed required, get obtain, gets obtains, make produce, makes produces, made produced,
        change alteration, changes alterations, people persons, often frequently, usually generally,
        also likewise, because since, but yet, however nevertheless, different distinct, various diverse,
        several multiple, example instance, examples instances, way manner, ways manners, part portion,
        parts portions, area region, areas regions, problem difficulty, problems difficulties, goal aim,
        goals aims, result outcome, results outcomes, cause reason, causes reasons, increase rise,
        increased rose, increases rises, decrease decline, decreases declines, fast quick, quickly rapidly,
        happen occur, happens occurs, call name, called named, give provide, gives provides, given provided,
        include comprise, includes comprises, including comprising, main principal, major chief, new novel,
        old ancient, first initial, whole entire, almost nearly, about approximately, idea concept,
        ideas concepts, method technique, methods techniques, system arrangement, systems arrangements,
        group set, groups sets, amount quantity, amounts quantities, work labor, workers laborers,
        job occupation, jobs occupations, buy purchase, sell vend, money cash, company firm, companies firms,
        business enterprise, businesses enterprises, country nation, countries nations, government state,
        governments states, law statute, laws statutes, power authority, right entitlement,
        rights entitlements, child youngster, children youngsters, home dwelling, world globe, war conflict,
        wars conflicts, fight struggle, kill slay, death demise, body organism, disease illness,
        diseases illnesses, doctor physician, doctors physicians, hard difficult, easy simple,
        strong powerful, weak feeble, high elevated, low reduced, long lengthy, short brief, wide broad,
        near close, move shift, moves shifts, keep retain, keeps retains, allow permit, allows permits,
        allowed permitted, try attempt, tries attempts, tried attempted, think believe, thinks believes,
        thought believed, say state, says states, said stated, tell inform, find discover, found discovered,
        finds discovers, choose select, chooses selects, chosen selected, build construct, builds constructs,
        built constructed, grow expand, grows expands, grew expanded, form shape, forms shapes, kind type,
        kinds types, level degree, levels degrees, rate pace, rates paces, effect consequence,
        effects consequences, view opinion, views opinions, value worth, values merits, lead guide,
        leads guides, believe hold, understand comprehend, describe depict, describes depicts,
        described depicted, explain clarify, explains clarifies, contain hold, contains holds, become grow,
        consider regard, considered regarded, support back, supported backed, supports backs,
        create generate, creates generates, created generated, end finish, ended finished, live dwell,
        lived dwelt, early initial, later subsequently, today nowadays, more additional, only merely,
        such similar, very extremely, most nearly, must should, can may, between among
        """;

    private static readonly Dictionary<string, string> s_words = Read();

    /// <summary>Another word for one; null where the list has none.</summary>
    public static string? Of(string word)
    {
        if (!s_words.TryGetValue(word.ToLowerInvariant(), out var other)) return null;
        return char.IsUpper(word[0]) ? char.ToUpperInvariant(other[0]) + other[1..] : other;
    }

    private static Dictionary<string, string> Read()
    {
        var words = new Dictionary<string, string>();
        foreach (var pair in Pairs.Split(',', StringSplitOptions.TrimEntries))
        {
            var both = pair.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            words.TryAdd(both[0], both[1]);
            words.TryAdd(both[1], both[0]);
        }
        return words;
    }
}
