using System.Reflection;

namespace LongT5.Tests.Sources;

/// <summary>What an assembly shows to whoever refers to it: a line a member, by name.</summary>
static class PublicSurface
{
    private const BindingFlags Own =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
            | BindingFlags.DeclaredOnly;

    /// <summary>What the compiler writes for every record says nothing of it.</summary>
    private static readonly HashSet<string> OfRecords =
        ["Equals", "GetHashCode", "ToString", "PrintMembers", "Deconstruct", "<Clone>$", "op_Equality", "op_Inequality",
            "EqualityContract"];

    /// <summary>The lines.</summary>
    public static IEnumerable<string> Of(Assembly assembly)
        => assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal)
            .SelectMany(type => Members(type).Order(StringComparer.Ordinal).Distinct().Select(member => $"    {member}")
                .Prepend(Title(type)));

    private static string Title(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsValueType ? "struct" : typeof(Delegate).IsAssignableFrom(type)
            ? "delegate" : "class";
        var way = type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract
            ? "abstract " : type.IsSealed && kind == "class" ? "sealed " : "";
        var above = type.BaseType is { } given && given != typeof(object) && given != typeof(ValueType)
            && given != typeof(Enum) && kind == "class" ? $" : {Name(given)}" : "";
        return $"{way}{kind} {type.FullName}{above}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum) return Enum.GetNames(type);
        if (typeof(Delegate).IsAssignableFrom(type)) return [Method(type.GetMethod("Invoke")!)];
        return type.GetMembers(Own).Where(member => !OfRecords.Contains(member.Name)).Select(member => member switch
        {
            ConstructorInfo made when IsSeen(made) => $"new({Parameters(made)})",
            MethodInfo method when IsSeen(method) && !method.IsSpecialName => Method(method),
            PropertyInfo property when property.GetMethod is { } get && IsSeen(get) => Property(property),
            FieldInfo { IsSpecialName: false } field when field.IsPublic
                || field.IsFamily => $"{Name(field.FieldType)} {field.Name}",
            EventInfo { AddMethod.IsPublic: true } happening =>
                $"event {Name(happening.EventHandlerType!)} {happening.Name}",
            _ => "",
        }).Where(line => line.Length > 0);
    }

    private static string Property(PropertyInfo property)
    {
        var set = property.SetMethod is { } setter && IsSeen(setter)
            ? setter.ReturnParameter.GetRequiredCustomModifiers().Length > 0 ? " init;" : " set;"
            : "";
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        return $"{Static(property.GetMethod!)}{Name(property.PropertyType)} {name} {{ get;{set} }}";
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Static(method)}{(method.IsAbstract ? "abstract " : "")}{Name(method.ReturnType)} "
            + $"{method.Name}{generic}({Parameters(method)})";
    }

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Static(MethodBase method) => method.IsStatic ? "static " : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
        => $"{(parameter.IsOut ? "out " : "")}{Name(parameter.ParameterType)} "
            + $"{parameter.Name}{(parameter.HasDefaultValue ? " = ..." : "")}";

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (Nullable.GetUnderlyingType(type) is { } inner) return $"{Name(inner)}?";
        return type.IsGenericType
            ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
    }
}
