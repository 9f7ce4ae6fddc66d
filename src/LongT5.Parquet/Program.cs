using System.Collections;
using System.Globalization;
using System.Text.Json;
using Parquet;
using Parquet.Serialization;

// The rows of the Parquet file named by the only argument, as JSON Lines on the standard output. A program of its own,
// because the library may spin or allocate without bound on a damaged file, and only a process can be ended from
// outside.
if (args is not [var path])
{
    Console.Error.WriteLine("usage: LongT5.Parquet FILE");
    return 2;
}

try
{
    using var output = new BufferedStream(Console.OpenStandardOutput(), 1 << 16);
    using var writer = new Utf8JsonWriter(output);
    using var file = File.OpenRead(path);
    int groups;
    string[] columns;
    await using (var reader = await ParquetReader.CreateAsync(file, leaveStreamOpen: true))
        (groups, columns) = (reader.RowGroupCount, [.. reader.Schema.Fields.Select(field => field.Name)]);
    for (var group = 0; group < groups; group++)
    {
        file.Position = 0;
        var read = await ParquetSerializer.DeserializeUntypedAsync(file, rowGroupIndex: group);
        foreach (var row in read.Data)
        {
            // A column that is null is left out of the row; whoever reads it wants to know that it is there.
            Write(writer, columns.ToDictionary(column => column, column => row.GetValueOrDefault(column)));
            writer.Flush();
            writer.Reset();
            output.WriteByte((byte)'\n');
        }
        output.Flush();
    }
    return 0;
}
catch (Exception e)
{
    Console.Error.WriteLine(e.Message.ReplaceLineEndings(" "));
    return 1;
}

static void Write(Utf8JsonWriter writer, object? value)
{
    switch (value)
    {
        case null: writer.WriteNullValue(); break;
        case string text: writer.WriteStringValue(text); break;
        case bool truth: writer.WriteBooleanValue(truth); break;
        case byte[] bytes: writer.WriteBase64StringValue(bytes); break;
        case IDictionary<string, object?> members:
            writer.WriteStartObject();
            foreach (var (name, member) in members)
            {
                writer.WritePropertyName(name);
                Write(writer, member);
            }
            writer.WriteEndObject();
            break;
        case IEnumerable items:
            writer.WriteStartArray();
            foreach (var item in items) Write(writer, item);
            writer.WriteEndArray();
            break;
        case sbyte or byte or short or ushort or int or uint or long or ulong or decimal:
        case float or double when double.IsFinite(Convert.ToDouble(value, CultureInfo.InvariantCulture)):
            writer.WriteRawValue(((IFormattable)value).ToString(null, CultureInfo.InvariantCulture));
            break;
        default: writer.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
    }
}
