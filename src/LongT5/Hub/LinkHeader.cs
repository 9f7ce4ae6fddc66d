using System.Net.Http.Headers;

namespace LongT5.Hub;

/// <summary>The header <c>Link: &lt;address&gt;; rel="next"</c> (RFC 8288), by which lists go on.</summary>
static class LinkHeader
{
    /// <summary>The address of the next page; null where this is the last.</summary>
    /// <param name="headers">Those of the answer.</param>
    /// <param name="page">The address that was asked.</param>
    public static Uri? Next(HttpResponseHeaders headers, Uri page)
        => headers.TryGetValues("Link", out var values) ? Next(string.Join(',', values), page) : null;

    internal static Uri? Next(string links, Uri page)
    {
        for (var at = links.IndexOf('<', StringComparison.Ordinal); at >= 0;)
        {
            var end = links.IndexOf('>', at);
            if (end < 0)
                return null;
            var following = links.IndexOf('<', end);
            var parameters = following < 0 ? links[(end + 1)..] : links[(end + 1)..following];
            if (parameters.Split(';', ',').Any(parameter => parameter.Trim() is "rel=\"next\"" or "rel=next"))
                return Uri.TryCreate(page, links[(at + 1)..end], out var next) ? next : null;
            at = following;
        }
        return null;
    }
}
