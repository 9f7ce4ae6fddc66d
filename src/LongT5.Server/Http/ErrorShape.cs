using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace LongT5.Server.Http;

/// <summary>How an error looks: as the API has it that was called.</summary>
enum ErrorShape
{
    /// <summary>RFC 9457.</summary>
    Problem,

    /// <summary>OpenAI's <c>{"error": {message, type, param, code}}</c>.</summary>
    OpenAI,

    /// <summary>TGI's <c>{"error", "error_type"}</c>, with 422 for what is wrong with a request.</summary>
    HuggingFace,
}

/// <summary>Errors in these shapes.</summary>
static class ErrorShapes
{
    /// <summary>The type of an error's body.</summary>
    public static string ContentType(this ErrorShape shape)
        => shape == ErrorShape.Problem ? "application/problem+json" : "application/json";

    /// <summary>The status that the API has for an error.</summary>
    public static int Status(this ErrorShape shape, ApiError error)
        => shape == ErrorShape.HuggingFace && error.Status == 400 ? 422 : error.Status;

    /// <summary>Writes an error as an object.</summary>
    public static void Write(this ErrorShape shape, Utf8JsonWriter writer, ApiError error)
    {
        writer.WriteStartObject();
        switch (shape)
        {
            case ErrorShape.OpenAI:
                writer.WriteStartObject("error");
                writer.WriteString("message", error.Message);
                writer.WriteString("type", OpenAIType(error.Status));
                writer.WriteString("param", error.Param);
                writer.WriteString("code", error.Code);
                writer.WriteEndObject();
                break;
            case ErrorShape.HuggingFace:
                writer.WriteString("error", error.Message);
                writer.WriteString("error_type", HuggingFaceType(error.Status));
                break;
            default:
                writer.WriteString("type", "about:blank");
                writer.WriteString("title", ReasonPhrases.GetReasonPhrase(error.Status));
                writer.WriteNumber("status", error.Status);
                writer.WriteString("detail", error.Message);
                if (error.Param is { } param) writer.WriteString("parameter", param);
                if (error.Code is { } code) writer.WriteString("code", code);
                break;
        }
        writer.WriteEndObject();
    }

    /// <summary>Writes an error as the data of an event: OpenAI's events with names are flat.</summary>
    public static void WriteEvent(this ErrorShape shape, Utf8JsonWriter writer, ApiError error, bool isNamed)
    {
        if (shape != ErrorShape.OpenAI || !isNamed)
        {
            shape.Write(writer, error);
            return;
        }
        writer.WriteStartObject();
        writer.WriteString("type", "error");
        writer.WriteString("code", error.Code ?? OpenAIType(error.Status));
        writer.WriteString("message", error.Message);
        writer.WriteString("param", error.Param);
        writer.WriteNumber("sequence_number", int.MaxValue);
        writer.WriteEndObject();
    }

    private static string OpenAIType(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    private static string HuggingFaceType(int status) => status switch
    {
        401 or 403 => "unauthorized",
        429 or 503 => "overloaded",
        >= 500 => "generation",
        _ => "validation",
    };
}
