using Microsoft.AspNetCore.Http;

namespace LongT5.Server.Http;

/// <summary>What the body of a request is.</summary>
enum BodyKind
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>An object of JSON.</summary>
    Json,

    /// <summary>An object of JSON, or a form with documents.</summary>
    Documents,
}

/// <summary>One route: all that is known of it before a request comes.</summary>
/// <param name="Method">The method of HTTP.</param>
/// <param name="Pattern">Its path, as ASP.NET writes patterns.</param>
/// <param name="Shape">How its errors look.</param>
/// <param name="Body">What its body is.</param>
/// <param name="Run">What it does.</param>
sealed record ApiRoute(string Method, string Pattern, ErrorShape Shape, BodyKind Body, Func<Call, Task> Run)
{
    /// <summary>The methods that it answers: what may be read may be looked for (HEAD) too.</summary>
    public string[] Methods => Method == HttpMethods.Get ? [Method, HttpMethods.Head] : [Method];

    /// <summary>Whether it asks for no key.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Whether it is for people: where the key is missing, their browser asks them for it.</summary>
    public bool IsForPeople { get; init; }

    /// <summary>What it is called in figures and logs.</summary>
    public string Operation { get; init; } = Pattern;

    /// <summary>Whether the events of its answers have names, that of an error too.</summary>
    public bool NamesEvents { get; init; } = Shape == ErrorShape.Problem;

    /// <summary>A route that is read.</summary>
    public static ApiRoute Get(string pattern, ErrorShape shape, Func<Call, Task> run)
        => new(HttpMethods.Get, pattern, shape, BodyKind.None, run);

    /// <summary>A route that is sent JSON.</summary>
    public static ApiRoute Post(string pattern, ErrorShape shape, Func<Call, Task> run, BodyKind body = BodyKind.Json)
        => new(HttpMethods.Post, pattern, shape, body, run);
}
