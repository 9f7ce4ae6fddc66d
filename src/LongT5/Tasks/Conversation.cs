namespace LongT5.Tasks;

/// <summary>What a conversation gives a model to read: the last message of the user is the document.</summary>
/// <remarks>
/// A model that follows instructions reads those of the system before it, and the words of the message where the
/// document came beside them as a file. Any other model reads the document alone.
/// </remarks>
sealed class Conversation
{
    private readonly List<string> _instructions = [];
    private string? _text;
    private bool _hasEarlier;

    /// <summary>Whether a user has said something.</summary>
    public bool HasMessage => _text is not null;

    /// <summary>An instruction of the system; an empty one is none.</summary>
    public void Instruct(string? text)
    {
        if (!string.IsNullOrWhiteSpace(text)) _instructions.Add(text);
    }

    /// <summary>A message of the user.</summary>
    public void Say(string text)
    {
        _hasEarlier |= HasMessage;
        _text = text;
    }

    /// <summary>A message of the model.</summary>
    public void Answer() => _hasEarlier = true;

    /// <summary>What a model reads.</summary>
    /// <param name="takesInstructions">Whether it follows instructions.</param>
    /// <param name="document">The document that came with the last message; null where its text is the
    /// document.</param>
    /// <returns>The text, and what a reader of the answer should know, a sentence each.</returns>
    public (InputText Text, IReadOnlyList<string> Notes) Read(bool takesInstructions, InputText? document)
    {
        var text = document ?? _text!;
        List<string> instructions = document is null || string.IsNullOrWhiteSpace(_text) ? [.. _instructions]
            : [.. _instructions, _text];
        var notes = new List<string>();
        if (_hasEarlier) notes.Add("only the last message of the user was read, as a document.");
        if (instructions.Count == 0) return (text, notes);
        if (takesInstructions) return (string.Join("\n\n", [.. instructions, text.Text]), notes);
        notes.Add("this model follows no instructions: those of the request were not read.");
        return (text, notes);
    }
}
