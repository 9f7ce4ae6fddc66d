using System.Text;

namespace LongT5.Documents.Latex;

/// <summary>Formulas as a line of characters: what can be read is kept, how it is set is not.</summary>
static class LatexMath
{
    private static readonly Dictionary<string, string> Symbols = new()
    {
        ["alpha"] = "α",
        ["beta"] = "β",
        ["gamma"] = "γ",
        ["delta"] = "δ",
        ["epsilon"] = "ε",
        ["varepsilon"] = "ε",
        ["zeta"] = "ζ",
        ["eta"] = "η",
        ["theta"] = "θ",
        ["iota"] = "ι",
        ["kappa"] = "κ",
        ["lambda"] = "λ",
        ["mu"] = "μ",
        ["nu"] = "ν",
        ["xi"] = "ξ",
        ["pi"] = "π",
        ["rho"] = "ρ",
        ["sigma"] = "σ",
        ["tau"] = "τ",
        ["upsilon"] = "υ",
        ["phi"] = "φ",
        ["varphi"] = "φ",
        ["chi"] = "χ",
        ["psi"] = "ψ",
        ["omega"] = "ω",
        ["Gamma"] = "Γ",
        ["Delta"] = "Δ",
        ["Theta"] = "Θ",
        ["Lambda"] = "Λ",
        ["Xi"] = "Ξ",
        ["Pi"] = "Π",
        ["Sigma"] = "Σ",
        ["Phi"] = "Φ",
        ["Psi"] = "Ψ",
        ["Omega"] = "Ω",
        ["times"] = "×",
        ["cdot"] = "·",
        ["div"] = "÷",
        ["pm"] = "±",
        ["mp"] = "∓",
        ["leq"] = "≤",
        ["le"] = "≤",
        ["geq"] = "≥",
        ["ge"] = "≥",
        ["neq"] = "≠",
        ["ne"] = "≠",
        ["approx"] = "≈",
        ["sim"] = "∼",
        ["equiv"] = "≡",
        ["propto"] = "∝",
        ["infty"] = "∞",
        ["to"] = "→",
        ["rightarrow"] = "→",
        ["leftarrow"] = "←",
        ["Rightarrow"] = "⇒",
        ["Leftrightarrow"] = "⇔",
        ["mapsto"] = "↦",
        ["in"] = "∈",
        ["notin"] = "∉",
        ["subset"] = "⊂",
        ["subseteq"] = "⊆",
        ["cup"] = "∪",
        ["cap"] = "∩",
        ["emptyset"] = "∅",
        ["forall"] = "∀",
        ["exists"] = "∃",
        ["neg"] = "¬",
        ["land"] = "∧",
        ["lor"] = "∨",
        ["sum"] = "∑",
        ["prod"] = "∏",
        ["int"] = "∫",
        ["partial"] = "∂",
        ["nabla"] = "∇",
        ["sqrt"] = "√",
        ["ll"] = "≪",
        ["gg"] = "≫",
        ["circ"] = "∘",
        ["prime"] = "′",
        ["ell"] = "ℓ",
        ["hbar"] = "ℏ",
        ["angle"] = "∠",
        ["perp"] = "⊥",
        ["parallel"] = "∥",
        ["langle"] = "⟨",
        ["rangle"] = "⟩",
        ["cdots"] = "…",
        ["vdots"] = "…",
        ["ldots"] = "…",
        ["dots"] = "…",
        ["mid"] = "|",
        ["vert"] = "|",
        ["Vert"] = "‖",
        ["quad"] = " ",
        ["qquad"] = " ",
        ["%"] = "%",
        ["$"] = "$",
        ["&"] = "&",
        ["{"] = "{",
        ["}"] = "}",
        [","] = " ",
        [";"] = " ",
        [":"] = " ",
        ["!"] = "",
        ["\\"] = "\n",
        ["log"] = "log",
        ["ln"] = "ln",
        ["exp"] = "exp",
        ["sin"] = "sin",
        ["cos"] = "cos",
        ["tan"] = "tan",
        ["max"] = "max",
        ["min"] = "min",
        ["lim"] = "lim",
        ["arg"] = "arg",
        ["det"] = "det",
        ["Pr"] = "Pr",
        ["frac"] = "",
        ["degree"] = "°",
        ["_"] = "_",
        ["#"] = "#",
        [" "] = " ",
    };

    /// <summary>A formula without its commands.</summary>
    public static string Read(string math)
    {
        var text = new StringBuilder();
        for (var at = 0; at < math.Length; at++)
        {
            var c = math[at];
            switch (c)
            {
                case '\\' when at + 1 < math.Length:
                    var end = at + 1;
                    while (end < math.Length && char.IsAsciiLetter(math[end])) end++;
                    end = Math.Max(end, at + 2);
                    var name = math[(at + 1)..end];
                    at = end - 1;
                    if (name is "label" or "tag" or "begin" or "end" or "hspace" or "vspace")
                        at = AfterGroup(math, at + 1) - 1;
                    text.Append(Symbols.GetValueOrDefault(name, ""));
                    break;
                case '{' or '}' or '$':
                    break;
                case '&' or '~':
                    text.Append(' ');
                    break;
                case '-':
                    text.Append('−');
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }
        return text.ToString().Trim();
    }

    private static int AfterGroup(string math, int at)
    {
        if (at >= math.Length || math[at] != '{') return at;
        var end = math.IndexOf('}', at);
        return end < 0 ? math.Length : end + 1;
    }
}
