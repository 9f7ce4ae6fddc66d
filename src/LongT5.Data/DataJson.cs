using System.Text.Json;
using System.Text.Json.Serialization;

namespace LongT5.Data;

/// <summary>What this project serializes, prepared at compile time.</summary>
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
sealed partial class DataJson : JsonSerializerContext;
