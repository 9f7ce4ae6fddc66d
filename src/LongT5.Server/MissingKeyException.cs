namespace LongT5.Server;

/// <summary>A server that other machines can reach is to start without a key.</summary>
/// <param name="message">Where they can reach it.</param>
public sealed class MissingKeyException(string message) : ArgumentException(message);
